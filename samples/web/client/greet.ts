export function greet(name: string): string {
  return `Hello from ${name}`;
}
