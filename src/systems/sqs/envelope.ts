import { StreamError } from '../../errors.ts'
import { parseExact, stringifyExact } from '../../platform/json.ts'
import { isWire, textOf, type Wire, wireOf } from '../kit/wire.ts'
import { parseMessage } from './message.ts'

/** One entity of a message. */
export interface Part {
  readonly wire: Wire
  /** As it was sent, without its envelopes. */
  readonly raw: string
  /**
   * When it was sent to the service that put it into the queue, milliseconds UTC; null: it was sent to the queue
   * itself.
   */
  readonly sentAt: number | null
}

/** One entity of a message that can't be read. */
export interface UnreadablePart {
  readonly error: unknown
  readonly raw: string
}

/** Most envelopes around an entity: SNS, EventBridge, a list, base64. A message with more is rejected. */
const DEEPEST = 4

/**
 * The entities of a message; each item of a list is an entity of its own. SNS notifications and EventBridge events are
 * unwrapped and base64 is decoded. For content that the SQS Extended Client stored in S3, the error names the bucket
 * and key.
 */
export function openMessage(body: string): readonly (Part | UnreadablePart)[] {
  try {
    return openText(body, null, 0)
  } catch (error) {
    return [{ error, raw: body }]
  }
}

type Opened = readonly (Part | UnreadablePart)[]

function openText(text: string, sentAt: number | null, depth: number): Opened {
  const json = parsed(text)
  if (json !== undefined) return openValue(json, text, sentAt, depth)
  const inner = depth < DEEPEST ? decoded(text) : undefined
  if (inner === undefined) {
    throw new StreamError(
      'source_data_invalid',
      'the message is not JSON; send an object with one entity, or a list of such objects',
    )
  }
  return openText(inner, sentAt, depth + 1)
}

function openValue(json: unknown, text: string, sentAt: number | null, depth: number): Opened {
  if (depth > DEEPEST) throw new StreamError('source_data_invalid', 'the message is in too many envelopes')
  if (typeof json === 'string') return openText(json, sentAt, depth + 1)
  const pointer = pointerOf(json)
  if (pointer !== null) throw pointer
  if (Array.isArray(json)) {
    if (json.length === 0) throw new StreamError('source_data_invalid', 'the message is an empty list')
    return json.flatMap((one) => openPart(one, sentAt, depth + 1))
  }
  const wire = wireOf(json)
  const inner = notificationOf(wire) ?? eventOf(wire)
  if (inner !== null) return openValue(inner.content, stringifyExact(inner.content), inner.sentAt ?? sentAt, depth + 1)
  return [{ wire: parseMessage(text), raw: text, sentAt }]
}

/** An error in one list item does not affect the others (Guarantee 5). */
function openPart(value: unknown, sentAt: number | null, depth: number): Opened {
  const raw = stringifyExact(value)
  try {
    return openValue(value, raw, sentAt, depth)
  } catch (error) {
    return [{ error, raw }]
  }
}

interface Inner {
  readonly content: unknown
  readonly sentAt: number | null
}

/**
 * Unwraps an SNS notification (raw message delivery is off). Throws for SNS's own messages, such as a subscription
 * confirmation.
 */
function notificationOf(wire: Wire): Inner | null {
  if (textOf(wire['TopicArn']) === null || textOf(wire['Type']) === null) return null
  const message = textOf(wire['Message'])
  if (wire['Type'] !== 'Notification' || message === null) {
    const what = `the message is a ${textOf(wire['Type'])} of the SNS topic ${textOf(wire['TopicArn'])}, not an entity`
    throw new StreamError('source_data_invalid', what, { field: 'Type' })
  }
  return { content: message, sentAt: timeIn(wire, 'Timestamp') }
}

/** Unwraps an EventBridge event. */
function eventOf(wire: Wire): Inner | null {
  const isEvent = textOf(wire['detail-type']) !== null && textOf(wire['source']) !== null && isWire(wire['detail'])
  return isEvent ? { content: wire['detail'], sentAt: timeIn(wire, 'time') } : null
}

function timeIn(wire: Wire, name: string): number | null {
  const time = Date.parse(textOf(wire[name]) ?? '')
  return Number.isNaN(time) ? null : time
}

/** Class name of the Extended Client's S3 pointer, in any of its releases. */
const POINTER = /PayloadS3Pointer|MessageS3Pointer$/

/** The error for a message whose content is in S3; null: the content is in the message. */
function pointerOf(json: unknown): StreamError | null {
  const [name, place] = Array.isArray(json) && json.length === 2 ? json : []
  if (typeof name !== 'string' || !POINTER.test(name)) return null
  const { s3BucketName, s3Key } = wireOf(place)
  const at = `s3://${textOf(s3BucketName) ?? '?'}/${textOf(s3Key) ?? '?'}`
  const message = `the content of the message is in ${at}, stored there by the SQS Extended Client; send messages of at most 256 KiB without it`
  return new StreamError('source_data_invalid', message, { field: 's3Key' })
}

const BASE64 = /^[A-Za-z0-9+/_-]+={0,2}$/

/** The text that a base64 text encodes; undefined if it is not base64 or does not encode text. */
function decoded(text: string): string | undefined {
  const bare = text.replaceAll(/\s/g, '')
  if (bare.length < 4 || !BASE64.test(bare)) return undefined
  const bytes = Buffer.from(bare, 'base64')
  const inner = bytes.toString()
  return bytes.length > 0 && Buffer.from(inner).equals(bytes) ? inner : undefined
}

function parsed(text: string): unknown {
  try {
    return parseExact(text)
  } catch {
    return undefined
  }
}
