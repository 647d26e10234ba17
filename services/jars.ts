import { createHash, randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readFile, rename, rm } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { waitForLock } from './lock.ts'
import type { ServiceName } from './names.ts'
import { runCommand } from './run-command.ts'

const POM = fileURLToPath(new URL('pom.xml', import.meta.url))

export interface JarsOptions {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly log: (line: string) => void
  readonly signal: AbortSignal
}

/** The folder of the jars of this exact pom.xml: another server version uses another folder. */
async function jarsFolder(env: Readonly<Record<string, string | undefined>>): Promise<string> {
  const version = createHash('sha256')
    .update(await readFile(POM))
    .digest('hex')
    .slice(0, 12)
  return join(env['XDG_CACHE_HOME'] || join(env['HOME'] || homedir(), '.cache'), 'waldstream', version)
}

/** The services whose jars still have to be downloaded. */
export async function missingJars(
  names: readonly ServiceName[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<readonly ServiceName[]> {
  const folder = await jarsFolder(env)
  return names.filter((name) => !existsSync(join(folder, name)))
}

function mavenArguments(name: ServiceName, target: string): string[] {
  const goal = name === 'registry' ? ['dependency:unpack'] : ['dependency:copy-dependencies', '-DincludeScope=runtime']
  return ['--quiet', '--batch-mode', '--file', POM, `-P${name}`, ...goal, `-DoutputDirectory=${target}`]
}

/** Downloads to another folder and moves it into place: an existing folder is complete. */
async function fetchOne(name: ServiceName, folder: string, { env, signal }: JarsOptions): Promise<void> {
  const aside = join(folder, `.${name}-${randomUUID()}`)
  try {
    await runCommand('mvn', mavenArguments(name, aside), { env, signal })
    await rename(aside, join(folder, name))
  } catch (error) {
    signal.throwIfAborted()
    throw new Error(`Maven could not fetch the jars of ${name}`, { cause: error })
  } finally {
    await rm(aside, { recursive: true, force: true })
  }
}

/**
 * Makes sure that the jars of these services are in the user's cache folder, and returns the folder, which has one
 * folder per service. Two processes at once download each jar only once.
 */
export async function ensureJars(names: readonly ServiceName[], options: JarsOptions): Promise<string> {
  const folder = await jarsFolder(options.env)
  if ((await missingJars(names, options.env)).length === 0) return folder
  await mkdir(folder, { recursive: true })
  const waiting = (pid: number) => options.log(`process ${pid} is fetching the jars: waiting for it`)
  const lock = await waitForLock(join(folder, '.lock'), waiting, options.signal)
  try {
    for (const name of await missingJars(names, options.env)) {
      options.log(`fetching the jars of ${name} with Maven (once)`)
      await fetchOne(name, folder, options)
    }
  } finally {
    await lock.release()
  }
  return folder
}
