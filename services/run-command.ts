import { spawn } from 'node:child_process'

const KEPT = 4000

/**
 * Runs a program to its end and captures its output. Rejects if it can't be run, exits with a code other than 0 (the
 * message has the end of its output), or `signal` aborts, which ends the program.
 */
export function runCommand(
  command: string,
  args: readonly string[],
  options: { readonly env: Readonly<Record<string, string | undefined>>; readonly signal: AbortSignal },
): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { env: options.env, signal: options.signal, stdio: ['ignore', 'pipe', 'pipe'] })
    let printed = ''
    const keep = (chunk: Buffer) => {
      printed = (printed + chunk.toString()).slice(-KEPT)
    }
    child.stdout.on('data', keep)
    child.stderr.on('data', keep)
    child.once('error', reject)
    child.once('close', (code, signal) => {
      if (code === 0) resolve()
      else reject(new Error(`${command} ended with ${signal ?? `exit code ${code}`}:\n${printed.trim()}`))
    })
  })
}
