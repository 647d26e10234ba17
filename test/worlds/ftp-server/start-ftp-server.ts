import { execFileSync, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { FtpOptions } from '../../../src/systems/files/ftp-place.ts'

const HERE = import.meta.dirname
const POM = join(HERE, 'pom.xml')

/** Null: the server can run here. Else why the tests with it are skipped. */
export const noFtpServer: string | null = reasonOf()

function reasonOf(): string | null {
  try {
    execFileSync('mvn', ['--version'], { stdio: 'ignore' })
    execFileSync('javac', ['-version'], { stdio: 'ignore' })
    execFileSync('keytool', ['-help'], { stdio: 'ignore' })
    return null
  } catch {
    return 'a JDK or Maven is missing: install Java 17 and Maven to test FTP with a real server'
  }
}

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
  const program = ['-cp', join(jars(), '*'), join(HERE, 'FtpServerOfTests.java'), folder, store, encryption]
  const server = spawn('java', ['-Xmx128m', '-XX:TieredStopAtLevel=1', ...program], { stdio: ['pipe', 'pipe', 'pipe'] })
  const said: string[] = []
  server.stderr.on('data', (chunk: Buffer) => said.push(chunk.toString()))
  const ended = new Promise<void>((resolve) => server.on('close', () => resolve()))
  const stop = async () => {
    server.kill()
    await ended
    rmSync(base, { recursive: true, force: true })
  }
  for await (const line of createInterface(server.stdout)) return { port: Number(line), folder, certificate, stop }
  await stop()
  throw new Error(`the FTP server did not start: ${said.join('')}`)
}

function certificateIn(store: string): string {
  const own = ['-keystore', store, '-storetype', 'PKCS12', '-storepass', 'changeit', '-alias', 'server']
  const names = ['-dname', 'CN=localhost', '-ext', 'SAN=IP:127.0.0.1', '-validity', '2']
  execFileSync('keytool', ['-genkeypair', ...own, '-keyalg', 'EC', ...names], { stdio: 'ignore' })
  return execFileSync('keytool', ['-exportcert', '-rfc', ...own], { stdio: ['ignore', 'pipe', 'ignore'] }).toString()
}

/** The folder of its jars, downloaded once. */
function jars(): string {
  const version = createHash('sha256').update(readFileSync(POM)).digest('hex').slice(0, 12)
  const cache = process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache')
  const folder = join(cache, 'waldstream', `ftp-${version}`)
  if (existsSync(folder)) return folder
  mkdirSync(join(cache, 'waldstream'), { recursive: true })
  const aside = mkdtempSync(join(cache, 'waldstream', '.ftp-'))
  const goal = ['dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${aside}`]
  execFileSync('mvn', ['--quiet', '--batch-mode', '--file', POM, ...goal], { stdio: 'inherit' })
  try {
    renameSync(aside, folder)
  } catch (error) {
    // Another file of tests was faster.
    rmSync(aside, { recursive: true })
    if (!existsSync(folder)) throw error
  }
  return folder
}
