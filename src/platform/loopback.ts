/** Whether a host is a loopback address, which other machines can't reach. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host)
}

/** What to do about a service that does not answer at a host: the demo may not run on this machine. */
export function correctAddress(host: string): string {
  return `${isLoopback(host) ? 'start the demo with npm start, or ' : ''}correct the address`
}

const NO_CONNECTION: readonly unknown[] = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']

/** Whether a system's code says that nothing answers at the address; other codes are of certificates and lost connections. */
export function isUnreachable(code: unknown): code is string {
  return NO_CONNECTION.includes(code)
}
