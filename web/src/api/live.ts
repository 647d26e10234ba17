import { key, noteRefusal } from '../session.ts'
import { setIsLive } from './live-state.ts'
import { client, isWrittenOn } from './queries.ts'

/** Queries to refetch, by what the API reports as changed. */
const queriesOf: Readonly<Record<string, readonly string[]>> = {
  status: ['status'],
  orders: ['order', 'staged-orders', 'staged-order', 'order-holds'],
  feeds: ['product'],
  tasks: ['reads', 'tasks', 'task', 'task-entities'],
  'dead-letters': ['dead-letters', 'dead-letter-groups', 'dead-letter'],
  pauses: ['parked'],
}

const STREAM_S = 600
/** The API sends something every 15 s. */
const SILENT_MS = 40_000
const FIRST_WAIT_MS = 1_000
const LONGEST_WAIT_MS = 30_000
/** A new page has its answers before the stream begins: they are not fetched twice. */
const JUST_NOW_MS = 3_000
/** The first change is shown at once, those that follow it together. */
const TOGETHER_MS = 4_000

/** Follows changes while the page is visible; returns a function that stops it. */
export function followChanges(): () => void {
  let following: AbortController | null = null
  const turn = () => {
    const isSeen = document.visibilityState === 'visible'
    if (isSeen && following === null) {
      following = new AbortController()
      void followUntil(following.signal)
    } else if (!isSeen) {
      following?.abort()
      following = null
    }
  }
  document.addEventListener('visibilitychange', turn)
  turn()
  return () => {
    document.removeEventListener('visibilitychange', turn)
    following?.abort()
  }
}

async function followUntil(signal: AbortSignal): Promise<void> {
  let wait = FIRST_WAIT_MS
  while (!signal.aborted) {
    const wasLive = await readStream(signal).catch(() => false)
    setIsLive(false)
    wait = wasLive ? FIRST_WAIT_MS : Math.min(wait * 2, LONGEST_WAIT_MS)
    // Jitter, so that not all windows reconnect at once.
    await until(wait * (0.5 + Math.random()), signal)
  }
}

/** Reads one stream to its end; false if the response was not a stream. */
async function readStream(signal: AbortSignal): Promise<boolean> {
  const silent = new AbortController()
  const bearer = key()
  let timer: ReturnType<typeof setTimeout> | undefined
  const heard = () => {
    clearTimeout(timer)
    timer = setTimeout(() => silent.abort(), SILENT_MS)
  }
  heard()
  try {
    const response = await fetch(`/v1/events?seconds=${STREAM_S}`, {
      signal: AbortSignal.any([signal, silent.signal]),
      headers: bearer === null ? {} : { authorization: `Bearer ${bearer}` },
    })
    if (response.status === 401) noteRefusal()
    if (!response.ok || response.body === null) return false
    setIsLive(true)
    // Anything may have changed between two streams, except what was fetched a moment ago.
    void client.invalidateQueries({ predicate: (query) => !isWrittenOn(query) && isOld(query.state) })
    await readEvents(response.body, heard)
    return true
  } finally {
    clearTimeout(timer)
  }
}

const isOld = ({ dataUpdatedAt }: { readonly dataUpdatedAt: number }) => Date.now() - dataUpdatedAt > JUST_NOW_MS

async function readEvents(body: ReadableStream<Uint8Array>, heard: () => void): Promise<void> {
  const reader = body.pipeThrough(new TextDecoderStream() as TransformStream<Uint8Array, string>).getReader()
  let text = ''
  for (;;) {
    const { value, done } = await reader.read()
    if (done) return
    heard()
    const events = `${text}${value}`.split('\n\n')
    text = events.pop() ?? ''
    for (const event of events) take(event)
  }
}

function take(event: string): void {
  const lines = event.split('\n')
  if (!lines.includes('event: changed')) return
  const data = lines.find((line) => line.startsWith('data: '))?.slice('data: '.length) ?? '{}'
  const { topics = [] } = JSON.parse(data) as { readonly topics?: readonly string[] }
  for (const name of topics.flatMap((topic) => queriesOf[topic] ?? [])) askAgain(name)
}

const due = new Map<string, 'asked' | 'again'>()

function askAgain(name: string): void {
  if (due.has(name)) return void due.set(name, 'again')
  due.set(name, 'asked')
  void client.invalidateQueries({ queryKey: [name] })
  setTimeout(() => {
    const isDue = due.get(name) === 'again'
    due.delete(name)
    if (isDue) askAgain(name)
  }, TOGETHER_MS)
}

async function until(ms: number, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, ms)
    signal.addEventListener('abort', () => {
      clearTimeout(timer)
      resolve()
    })
  })
}
