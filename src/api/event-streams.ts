import { Readable } from 'node:stream'
import { HttpError } from './http-error.ts'

/** A stream of server-sent events. Drops events after its end. */
export interface EventStream {
  /** Closes when either side ends it. */
  readonly body: Readable
  send(event: string, data: unknown): void
  /** Sends a comment, so that proxies do not close the connection. */
  beat(): void
  end(): void
}

export interface EventStreams {
  /** Throws 429 if too many streams are open. */
  open(caller: string): EventStream
}

/** Maximum buffered bytes for a slow reader; beyond it the stream ends, and the reader can request everything again. */
const MOST_WAITING = 64 * 1024

export interface StreamLimits {
  readonly mostStreams: number
  readonly mostPerCaller: number
}

/** Limits open streams, in total and per caller. */
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
  const message = `${who} already ${most} open event streams; close one, or poll the lists instead`
  return new HttpError(429, message, { code: 'too_many_requests', headers: { 'retry-after': '30' } })
}
