import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FtpOptions } from '../../../src/systems/files/ftp-place.ts'
import { noMavenServer, startMavenServer } from '../maven-server.ts'
import { certificateIn } from '../server-certificate.ts'

/** Null: the server can run here. Else why the tests with it are skipped. */
export const noFtpServer = noMavenServer

export interface FtpServer {
  readonly port: number
  /** What the user sees, as a folder of this machine. */
  readonly folder: string
  /** Its own certificate. */
  readonly certificate: string
  stop(): Promise<void>
}

/** Apache FtpServer on a free port, with a user `vendor` and a certificate of its own. */
export async function startFtpServer(encryption: FtpOptions['encryption']): Promise<FtpServer> {
  const base = mkdtempSync(join(tmpdir(), 'waldstream-ftp-'))
  const folder = join(base, 'files')
  mkdirSync(folder)
  const store = join(base, 'keys.p12')
  const certificate = certificateIn(store)
  const server = await startMavenServer({
    name: 'ftp',
    folder: import.meta.dirname,
    program: 'FtpServerOfTests.java',
    given: [folder, store, encryption],
  })
  const stop = async () => {
    await server.stop()
    rmSync(base, { recursive: true, force: true })
  }
  return { port: Number(server.line), folder, certificate, stop }
}
