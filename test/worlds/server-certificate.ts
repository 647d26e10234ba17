import { execFileSync } from 'node:child_process'

/** Makes a key store (PKCS12, password `changeit`) with a certificate for 127.0.0.1, which is returned as PEM. */
export function certificateIn(store: string): string {
  const own = ['-keystore', store, '-storetype', 'PKCS12', '-storepass', 'changeit', '-alias', 'server']
  const names = ['-dname', 'CN=localhost', '-ext', 'SAN=IP:127.0.0.1', '-validity', '2']
  execFileSync('keytool', ['-genkeypair', ...own, '-keyalg', 'EC', ...names], { stdio: 'ignore' })
  return execFileSync('keytool', ['-exportcert', '-rfc', ...own], { stdio: ['ignore', 'pipe', 'ignore'] }).toString()
}
