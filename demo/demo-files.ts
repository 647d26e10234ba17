import { readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { isAlive, markProcess, type ProcessMark } from '../services/lock.ts'
import { StreamError } from '../src/errors.ts'
import type { DemoOptions } from './options.ts'

/** Variable of the file for shells: the process of its demo. */
const MARKER = 'WALDSTREAM_DEMO'

/** Where a demo writes its addresses. */
export interface DemoFiles {
  /** For programs that look for them. */
  readonly endpoints: string
  /** For shells to read. */
  readonly shell: string
}

/** The usual files; while another running demo has them, files with the id of the data in their names. */
export function demoFiles({ endpointsFile, dataDir }: Pick<DemoOptions, 'endpointsFile' | 'dataDir'>): DemoFiles {
  const folder = dirname(endpointsFile)
  const usual = { endpoints: endpointsFile, shell: join(folder, 'env') }
  if (!isOfAnother(usual.shell)) return usual
  const id = basename(dataDir).replace(/^data-/, '')
  return { endpoints: join(folder, `endpoints-${id}.json`), shell: join(folder, `env-${id}`) }
}

function isOfAnother(shellFile: string): boolean {
  const owner = ownerOf(shellFile)
  return owner !== null && owner.pid !== process.pid && isAlive(owner)
}

/** Null: there is no file, or it is from an earlier version, without the marker. */
function ownerOf(shellFile: string): ProcessMark | null {
  try {
    const [, pid, began] =
      new RegExp(`^export ${MARKER}='(\\d+)(?: (\\d+))?'$`, 'm').exec(readFileSync(shellFile, 'utf8')) ?? []
    return pid === undefined ? null : { pid: Number(pid), began }
  } catch {
    return null
  }
}

/** The variable that marks a shell as one of this demo. */
export function demoMarker(): Readonly<Record<string, string>> {
  const { pid, began } = markProcess(process.pid)
  return { [MARKER]: began === undefined ? `${pid}` : `${pid} ${began}` }
}

/**
 * Throws `configuration_invalid` in a shell that has read the environment of a demo: another demo would use the servers
 * of that one and give its systems other addresses.
 */
export function assertOwnShell(env: Readonly<Record<string, string | undefined>>): void {
  if (env[MARKER] === undefined) return
  const message = `this shell has the environment of a demo (${MARKER} is set): open a new terminal, and run npm start there`
  throw new StreamError('configuration_invalid', message, { field: MARKER })
}
