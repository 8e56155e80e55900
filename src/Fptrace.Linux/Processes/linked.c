// Linked into the native executable only. It has the C library and OpenSSL in it, of one version each, and may meet any
// system: neither may load a plug-in of the system's, which was made for another version, nor read what names one.
#include <gnu/libc-version.h>
#include <nss.h>
#include <openssl/crypto.h>
#include <pwd.h>
#include <unistd.h>

int __real_getpwuid_r(uid_t, struct passwd *, char *, size_t, struct passwd **);

/*
 * In the place of getpwuid_r. Otherwise nsswitch.conf chooses: a static glibc loads libnss_sss.so, or whatever it
 * names, into this process. Not at the start: glibc reads nsswitch.conf all the same.
 */
int __wrap_getpwuid_r(uid_t user, struct passwd *entry, char *buffer, size_t size, struct passwd **found)
{
    __nss_configure_lookup("passwd", "files");
    return __real_getpwuid_r(user, entry, buffer, size, found);
}

/*
 * In the place of the call that .NET makes (the linker's --wrap). Without openssl.cnf, which may name a provider; and
 * without libssl, which starts itself where it is used.
 */
int __wrap_OPENSSL_init_ssl(uint64_t options, const OPENSSL_INIT_SETTINGS *settings)
{
    (void)options;
    (void)settings;
    return OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_NO_ATEXIT, 0);
}

const char *fptrace_linked_libc(void)
{
    return gnu_get_libc_version();
}

const char *fptrace_linked_openssl(void)
{
    return OpenSSL_version(OPENSSL_VERSION_STRING);
}

/* Nothing in a static executable can be found by its name. */
void *fptrace_linked_getpid(void)
{
    return (void *)getpid;
}
