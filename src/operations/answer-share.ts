import { type FiledKind, type FiledLine, listFiled } from '../control/filed-fulfilments.ts'
import { type ErrorCode, StreamError } from '../errors.ts'
import { canonicalJson } from '../events/canonical-json.ts'
import { decimal8, isDecimal8 } from '../events/decimal.ts'
import type { OperationDeps } from './dependencies.ts'
import { filedId, fileFulfilment, type WantedFulfilment, type WantedTrack } from './file-fulfilment.ts'
import { tellTimeline } from './order-deeds.ts'
import type { Principal } from './principal.ts'
import { holding, type OpenedShare, openShareLink, type SharedOrder } from './share-links.ts'

export const answerKinds = ['confirm', 'ship', 'reject'] as const
export type AnswerKind = (typeof answerKinds)[number]

/** A vendor's answer, as its people entered it. */
export interface GivenAnswer {
  readonly kind: AnswerKind
  /** Version of the page that the form was on. */
  readonly version: number
  /** Quantity by line, as text; empty: nothing of it. */
  readonly quantities: ReadonlyMap<string, string>
  readonly carrier: string
  /** Tracking numbers, separated by commas or line breaks. */
  readonly tracking: string
  /** There is no tracking number. */
  readonly untracked: boolean
  readonly reason: string
}

export type Answered =
  | { readonly done: AnswerKind }
  /** `problem`: what to correct, for the vendor's people; nothing was changed. */
  | { readonly order: SharedOrder; readonly problem: string }
  | Extract<OpenedShare, { refused: string }>

type Deps = Parameters<typeof fileFulfilment>[0] & Pick<OperationDeps, 'products' | 'shares'>

const KINDS: Readonly<Record<AnswerKind, FiledKind>> = {
  confirm: 'confirmation',
  ship: 'shipment',
  reject: 'cancellation',
}

/**
 * Takes the answer of whoever has a link, as an event of the vendor's system. The same form sent again changes nothing
 * (Guarantee 3). A form that another answer has overtaken is refused, so that nobody ships by numbers that are gone.
 */
export async function answerShareLink(deps: Deps, by: Principal, token: string, given: GivenAnswer): Promise<Answered> {
  const opened = await openShareLink(deps, by, token)
  if ('refused' in opened) return opened
  const { order } = opened
  const read = readAnswer(order, given)
  if ('problem' in read) return { order, problem: read.problem }
  const { wanted } = read
  const before = await listFiled(deps.tables, wanted)
  const isRepeated = before.some(({ id }) => id === filedId(wanted))
  const problem = isRepeated ? null : problemNow(order, given, wanted)
  if (problem !== null) return { order, problem }
  const holder = answering(by, order.link)
  try {
    await fileFulfilment(deps, holder, wanted)
  } catch (error) {
    if (error instanceof StreamError && (error.policy === 'retry' || error.policy === 'stop'))
      return { order, problem: NOT_PASSED_ON }
    if (!(error instanceof StreamError && REFUSED.includes(error.code))) throw error
    // Another answer came in between: the page shows the order as it is now.
    const now = await openShareLink(deps, by, token)
    return 'refused' in now ? now : { order: now.order, problem: OVERTAKEN }
  }
  if (!isRepeated) {
    const { source, number, connection } = wanted
    await tellTimeline(deps, holder, 'answer', { source, number, connections: [connection], reason: wanted.kind })
  }
  return { done: given.kind }
}

const REFUSED: readonly ErrorCode[] = ['request_invalid', 'state_conflict']
const OVERTAKEN =
  'The order changed after you opened this page: it was answered, or the seller changed it. Nothing was recorded. ' +
  'Check what is open, and send the form again.'

const NOT_PASSED_ON =
  'Your answer could not be passed on to the seller, so it was not recorded. Send the form again in a few minutes.'

/** What is wanted, by the form alone, so that the same form always means the same. */
function readAnswer(
  { source, number, link }: SharedOrder,
  given: GivenAnswer,
): { readonly wanted: WantedFulfilment } | { readonly problem: string } {
  const { kind, version, carrier } = given
  const place = { source, number, connection: link.connection }
  const reason = kind === 'reject' ? given.reason.trim() : null
  if (reason === '') return { problem: 'Say why you cannot deliver this order.' }
  if (reason !== null && reason.length > LONGEST_REASON)
    return { problem: `The reason is too long: write at most ${LONGEST_REASON} characters.` }
  const lines: FiledLine[] = []
  for (const [line, text] of kind === 'ship' ? given.quantities : []) {
    const quantity = text.trim().replace(',', '.')
    if (quantity === '') continue
    if (/^\d{1,3}[.,]\d{3}$/.test(text.trim()))
      return { problem: `“${text.trim()}” may be thousands or a part of one. Write 1000 or 1.5.` }
    if (!isDecimal8(quantity) || decimal8(quantity, 'quantity') < 0n)
      return { problem: `“${text.trim().slice(0, 30)}” is not a quantity. Write a number such as 2.` }
    if (decimal8(quantity, 'quantity') > 0n) lines.push({ line, quantity })
  }
  if (kind === 'ship' && lines.length === 0) return { problem: 'Enter how many pieces you shipped.' }
  const numbers = kind === 'ship' ? numbersIn(given.tracking) : []
  const tracks = numbers.map((track) => ({ number: track, carrier: carrier.trim() === '' ? null : carrier.trim() }))
  const tracksProblem = kind === 'ship' ? problemOfTracks(given, tracks) : null
  if (tracksProblem !== null) return { problem: tracksProblem }
  const requestKey = `page ${version} ${canonicalJson([kind, lines, tracks, reason])}`
  return { wanted: { ...place, kind: KINDS[kind], lines, tracks, reason, requestKey, dryRun: false } }
}

const LONGEST_REASON = 200
const LONGEST_TRACK = 100
const MOST_TRACKS = 50

function numbersIn(text: string): readonly string[] {
  return [...new Set(text.split(/[,;\r\n]+/).map((part) => part.trim()))].filter((part) => part !== '')
}

function problemOfTracks({ untracked, carrier }: GivenAnswer, tracks: readonly WantedTrack[]): string | null {
  if (tracks.length === 0 && !untracked) return 'Enter the tracking number, or tick that there is none.'
  if (tracks.length > 0 && untracked)
    return 'You ticked that there is no tracking number, but there is one. Which is right?'
  if (tracks.length > MOST_TRACKS) return `Enter at most ${MOST_TRACKS} tracking numbers.`
  const isWrong = ({ number }: WantedTrack) => number.length > LONGEST_TRACK || /\p{Cc}/u.test(number)
  if (tracks.some(isWrong))
    return `A tracking number has at most ${LONGEST_TRACK} characters. Separate several by commas.`
  return carrier.trim().length > LONGEST_TRACK || /\p{Cc}/u.test(carrier)
    ? `The carrier has at most ${LONGEST_TRACK} characters.`
    : null
}

/** Why the answer does not fit the order as it is now; null: it does. */
function problemNow({ part, answers }: SharedOrder, given: GivenAnswer, { lines }: WantedFulfilment): string | null {
  if (answers === null) return 'This link only shows the order. Ask the sender for another one.'
  if (part.canceled) return 'The seller has canceled this order. Nothing was recorded; do not ship it.'
  if (answers.isHeld && given.kind === 'ship')
    return 'The seller has put this order on hold. Nothing was recorded; do not ship it before the hold ends.'
  if (answers.version !== given.version) return OVERTAKEN
  for (const { line, quantity } of lines) {
    const own = answers.lines.find((one) => one.line === line)
    if (own === undefined) return OVERTAKEN
    if (decimal8(quantity, 'quantity') > decimal8(own.open, 'open'))
      return `Only ${own.open} of ${own.sku} ${own.open === '1' ? 'is' : 'are'} open, not ${quantity}.`
  }
  const isOpen = answers.lines.some(({ open }) => open !== '0')
  return isOpen ? null : 'Nothing of this order is open any more.'
}

/** The link's holder, named in the audit trail and the timeline. */
function answering(by: Principal, link: SharedOrder['link']): Principal {
  return { ...holding(by, link), scopes: new Set(['observe', 'fulfil']) }
}
