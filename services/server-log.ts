import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

const TAIL_LINES = 25

/** The file for a server's output. */
export function serverLog(dataDir: string, id: string): string {
  return join(dataDir, 'log', `${id}.log`)
}

/** The end of a server's log and its path, for the message of a failed start. */
export async function logTail(file: string): Promise<string> {
  const lines = (await readFile(file, 'utf8').catch(() => '')).trimEnd().split('\n')
  return `${file} ends with:\n${lines.slice(-TAIL_LINES).join('\n')}`
}
