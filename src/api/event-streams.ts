import { Readable } from 'node:stream'
import { HttpError } from './http-error.ts'

/** A stream of server-sent events. What is written after its end is dropped. */
export interface EventStream {
  /** Closes when either side ends it. */
  readonly body: Readable
  send(event: string, data: unknown): void
  /** Keeps what stands between from closing the connection, and shows that it is there. */
  beat(): void
  end(): void
}

export interface EventStreams {
  /** Throws 429 where there are too many already. */
  open(caller: string): EventStream
}

/** Bytes that wait for who reads too slowly: they can ask for everything again instead. */
const MOST_WAITING = 64 * 1024

export interface StreamLimits {
  readonly mostStreams: number
  readonly mostPerCaller: number
}

/** Streams that are open, of all callers and of each. */
export function createEventStreams({ mostStreams, mostPerCaller }: StreamLimits): EventStreams {
  const open = new Map<string, number>()
  let all = 0
  const count = (caller: string, by: number) => {
    all += by
    const own = (open.get(caller) ?? 0) + by
    if (own === 0) open.delete(caller)
    else open.set(caller, own)
  }
  return {
    open(caller) {
      if (all >= mostStreams) throw tooMany('there are', mostStreams)
      if ((open.get(caller) ?? 0) >= mostPerCaller) throw tooMany('this caller has', mostPerCaller)
      count(caller, 1)
      const body = new Readable({ read: () => undefined })
      body.once('close', () => count(caller, -1))
      const write = (text: string) => {
        if (body.destroyed || body.readableEnded) return
        body.push(text)
        if (body.readableLength > MOST_WAITING) body.destroy()
      }
      return {
        body,
        send: (event, data) => write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`),
        beat: () => write(': \n\n'),
        end: () => void (body.destroyed || body.push(null)),
      }
    },
  }
}

function tooMany(who: string, most: number): HttpError {
  const message = `${who} ${most} streams of events open already; close one, or ask the lists themselves`
  return new HttpError(429, message, { code: 'too_many_requests', headers: { 'retry-after': '30' } })
}
