import { execFileSync, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

/** Null: servers from Maven can run here. Else why the tests with them are skipped. */
export const noMavenServer: string | null = reasonOf()

function reasonOf(): string | null {
  try {
    execFileSync('mvn', ['--version'], { stdio: 'ignore' })
    execFileSync('javac', ['-version'], { stdio: 'ignore' })
    execFileSync('keytool', ['-help'], { stdio: 'ignore' })
    return null
  } catch {
    return 'a JDK or Maven is missing: install Java 17 and Maven to test with real servers'
  }
}

/** A server of tests: its folder with `pom.xml` and the program, and what the program is given. */
export interface MavenServer {
  /** Of the folder of its jars. */
  readonly name: string
  readonly folder: string
  readonly program: string
  readonly given: readonly string[]
}

/** Starts the program, which prints a line when it is ready, and ends with its input. */
export async function startMavenServer({ name, folder, program, given }: MavenServer) {
  const command = ['-cp', join(jars(name, join(folder, 'pom.xml')), '*'), join(folder, program), ...given]
  const server = spawn('java', ['-Xmx128m', '-XX:TieredStopAtLevel=1', ...command], { stdio: ['pipe', 'pipe', 'pipe'] })
  const said: string[] = []
  server.stderr.on('data', (chunk: Buffer) => said.push(chunk.toString()))
  const ended = new Promise<void>((resolve) => server.on('close', () => resolve()))
  const stop = async () => {
    server.kill()
    await ended
  }
  for await (const line of createInterface(server.stdout)) return { line, stop }
  await stop()
  throw new Error(`the server ${program} did not start: ${said.join('')}`)
}

/** The folder of its jars, downloaded once. */
function jars(name: string, pom: string): string {
  const version = createHash('sha256').update(readFileSync(pom)).digest('hex').slice(0, 12)
  const cache = process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache')
  const folder = join(cache, 'waldstream', `${name}-${version}`)
  if (existsSync(folder)) return folder
  mkdirSync(join(cache, 'waldstream'), { recursive: true })
  const aside = mkdtempSync(join(cache, 'waldstream', `.${name}-`))
  const goal = ['dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${aside}`]
  execFileSync('mvn', ['--quiet', '--batch-mode', '--file', pom, ...goal], { stdio: 'inherit' })
  try {
    renameSync(aside, folder)
  } catch (error) {
    // Another file of tests was faster.
    rmSync(aside, { recursive: true })
    if (!existsSync(folder)) throw error
  }
  return folder
}
