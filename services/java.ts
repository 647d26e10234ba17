import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
const JAVA_MIN = 17

/** A usable program, or why it can't be used, worded to follow "because". */
export type Found = { readonly command: string; readonly why?: undefined } | { readonly why: string }

/** The major version in the output of `java -version`: 17 for `17.0.15`, 8 for `1.8.0_402`. */
export function javaMajor(printed: string): number | undefined {
  const version = /version "(?:1\.)?(\d+)/.exec(printed)?.[1]
  return version === undefined ? undefined : Number(version)
}

/** Looks for Java 17 or later: in JAVA_HOME, otherwise in PATH. */
export async function findJava(env: Readonly<Record<string, string | undefined>>): Promise<Found> {
  const home = env['JAVA_HOME']
  const command = home ? join(home, 'bin', 'java') : 'java'
  try {
    const { stdout, stderr } = await run(command, ['-version'], { env: { ...env } })
    const major = javaMajor(stdout + stderr)
    if (major === undefined) return { why: `${command} -version prints no version` }
    if (major < JAVA_MIN) return { why: `${command} is Java ${major}, and ${JAVA_MIN} or later is needed` }
    return { command }
  } catch {
    return { why: home ? `JAVA_HOME is ${home}, but ${command} does not run` : 'there is no java in PATH' }
  }
}

/** Whether a Java can run programs from source: a runtime alone has no compiler. */
export async function hasCompiler(
  command: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<boolean> {
  try {
    await run(command, ['--describe-module', 'jdk.compiler'], { env: { ...env } })
    return true
  } catch {
    return false
  }
}

/** Looks for Maven in PATH. It is needed once, to download the jars. */
export async function findMaven(env: Readonly<Record<string, string | undefined>>): Promise<Found> {
  try {
    await run('mvn', ['--version'], { env: { ...env } })
    return { command: 'mvn' }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { why: 'there is no mvn in PATH' }
    return { why: `mvn --version fails (${error instanceof Error ? error.message.split('\n')[0] : String(error)})` }
  }
}
