#!/bin/sh
# Complains in the form that MSBuild makes a warning of.
grep -n '=$' "$1" | sed "s|^\([0-9]*\):\(.*\)=|$1(\1): warning SETTING1: \2 has no value|"
