import { readFile, statfs } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'

/** What is known about a server that ended, or does not answer correctly. */
export interface ServerPlace {
  /** Folder of its data. */
  readonly dataDir: string
  readonly logFile: string
}

/** Characters examined at the end of a log: causes are printed last. */
const TAIL_CHARACTERS = 50_000

const CAUSES: readonly { readonly sign: RegExp; readonly why: (place: ServerPlace) => string }[] = [
  {
    sign: /no space left on device|disk is full|\bSQLITE_FULL\b|disk quota exceeded/i,
    why: ({ dataDir }) => `the disk of ${dataDir} is full: free some space on it`,
  },
  {
    sign: /OutOfMemoryError|insufficient memory|cannot allocate memory/i,
    why: () => 'there is not enough memory: end other programs',
  },
  { sign: /address already in use|BindException/i, why: () => 'another program took its port: restart it' },
  {
    sign: /not a database|malformed|SQLITE_(CORRUPT|NOTADB)|file corrupted|MVStoreException|meta\.properties|CorruptRecord|KafkaStorageException|InconsistentClusterId/i,
    why: ({ dataDir }) =>
      `its data in ${dataDir} can't be read: move that folder away, or start over with npm start -- --fresh`,
  },
]

/** One sentence about why a server ended or does not answer, what to do, and where its log is. */
export async function whyEnded(place: ServerPlace, reason: string): Promise<string> {
  const text = (await readFile(place.logFile, 'utf8').catch(() => '')).slice(-TAIL_CHARACTERS)
  const cause = CAUSES.find(({ sign }) => sign.test(text))
  const why = cause?.why(place) ?? ((await isFull(place.dataDir)) ? CAUSES[0]?.why(place) : undefined) ?? reason
  return `${why} (its log is ${place.logFile})`
}

/** Minimum free space for servers to finish their writes. */
const FULL_BYTES = 64 * 1024 * 1024
const LOOK_MS = 3_000

/** Whether the disk of a folder is almost full. */
export async function isFull(folder: string): Promise<boolean> {
  try {
    const { bavail, bsize } = await statfs(folder)
    return bavail * bsize < FULL_BYTES
  } catch {
    return false
  }
}

/** Reports once when the disk is full, and once when it has space again, until `signal` aborts. */
export async function watchDisk(folder: string, log: (line: string) => void, signal: AbortSignal): Promise<void> {
  for (let wasFull = false; !signal.aborted; ) {
    const full = await isFull(folder)
    if (full && !wasFull) log(`the disk of ${folder} is full: free some space on it; stopped servers then restart`)
    if (!full && wasFull) log(`the disk of ${folder} has space again`)
    wasFull = full
    await delay(LOOK_MS, undefined, { signal, ref: false }).catch(() => undefined)
  }
}
