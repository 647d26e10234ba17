import { type AnswerKind, answerKinds, type GivenAnswer } from '../operations/answer-share.ts'
import type { AnswerState } from '../operations/answer-state.ts'
import type { SharedOrder } from '../operations/share-links.ts'
import { type Html, html } from '../platform/html.ts'
import { HttpError } from './http-error.ts'

/** What came of a form. */
export interface AfterForm {
  readonly done?: AnswerKind | null
  /** What to correct; nothing was recorded. */
  readonly problem?: string
  /** The form as it was sent: its values stay. */
  readonly given?: GivenAnswer
}

const QUANTITY = 'quantity.'

/** The answer that a form holds. Throws `HttpError` 400 for a body that is not one of the page's forms. */
export function answerIn(body: unknown): GivenAnswer {
  const form = body instanceof URLSearchParams ? body : new URLSearchParams()
  const kind = answerKinds.find((one) => one === form.get('answer'))
  const version = form.get('version') ?? ''
  if (kind === undefined || !/^\d{1,6}$/.test(version))
    throw new HttpError(400, 'answer: send one of the forms of the page')
  const quantities = [...form].flatMap(([name, value]) =>
    name.startsWith(QUANTITY) ? [[name.slice(QUANTITY.length), value] as const] : [],
  )
  return {
    kind,
    version: Number(version),
    quantities: new Map(quantities),
    carrier: form.get('carrier') ?? '',
    tracking: form.get('tracking') ?? '',
    untracked: form.get('untracked') !== null,
    reason: form.get('reason') ?? '',
  }
}

const DONE: Readonly<Record<AnswerKind, string>> = {
  confirm: 'Confirmed. The seller knows that you will deliver this order.',
  ship: 'Shipped. The seller gets the shipment and its tracking number.',
  reject: 'Rejected. The seller knows that you will not deliver what was open.',
}

/** Says what came of the last form. */
export function afterForm({ done = null, problem }: AfterForm): Html {
  if (problem !== undefined) return html`<p class="shared-note" data-tone="bad" role="alert">${problem}</p>\n`
  return done === null ? html`` : html`<p class="shared-note" data-tone="good" role="status">${DONE[done]}</p>\n`
}

/** How the vendor's part stands, by the vendor's own answers. */
export function answeredState(
  { canceled }: SharedOrder['part'],
  { isRejected, isConfirmed, isHeld, lines }: AnswerState,
): { readonly text: string; readonly tone: string } {
  if (canceled) return { text: 'Canceled: do not deliver', tone: 'warn' }
  const isOpen = lines.some(({ open }) => open !== '0')
  const isShipped = lines.some(({ shipped }) => shipped !== '0')
  if (!isOpen && isRejected) return { text: isShipped ? 'Rest rejected' : 'Rejected', tone: 'warn' }
  if (!isOpen) return { text: 'Shipped', tone: 'good' }
  if (isHeld) return { text: 'On hold: do not ship', tone: 'warn' }
  if (isShipped) return { text: 'Shipped in part', tone: 'info' }
  return isConfirmed ? { text: 'Confirmed', tone: 'good' } : { text: 'New', tone: 'info' }
}

/** The forms for what is open; nothing if nothing is. They need no script. */
export function answerForms({ part, answers }: SharedOrder, { given }: AfterForm): Html {
  if (answers === null || part.canceled || answers.lines.every(({ open }) => open === '0')) return html``
  const ship = answers.isHeld ? html`` : shipForm(answers, given?.kind === 'ship' ? given : undefined)
  return html`${ship}<section class="card" aria-labelledby="answer"><div class="card-head"><h2 id="answer">${answers.isHeld ? 'On hold' : 'Not shipped yet?'}</h2></div>
<div class="shared-answer">
${answers.isConfirmed ? html`` : confirmForm(answers)}${rejectForm(answers, given?.kind === 'reject' ? given : undefined)}</div></section>
`
}

function formOf(kind: AnswerKind, { version }: AnswerState, fields: Html): Html {
  return html`<form method="post" class="shared-form" data-answer="${kind}">
<input type="hidden" name="answer" value="${kind}"><input type="hidden" name="version" value="${String(version)}">
${fields}</form>
`
}

function confirmForm(answers: AnswerState): Html {
  return formOf(
    'confirm',
    answers,
    html`<p class="soft">Tell the seller that you will deliver it.</p><button class="button" type="submit">Confirm</button>\n`,
  )
}

function rejectForm(answers: AnswerState, given: GivenAnswer | undefined): Html {
  const fields = html`<label for="reason">Why can you not deliver what is open?</label>
<input class="input" id="reason" name="reason" required maxlength="200" autocomplete="off" value="${given?.reason ?? ''}">
<button class="button danger" type="submit">Reject</button>
`
  const form = formOf('reject', answers, fields)
  return given === undefined
    ? html`<details><summary>I cannot deliver this</summary>${form}</details>`
    : html`<details open><summary>I cannot deliver this</summary>${form}</details>`
}

function shipForm(answers: AnswerState, given: GivenAnswer | undefined): Html {
  const open = answers.lines.filter((line) => line.open !== '0')
  const rows = open.map(({ line, sku, name, open: pieces }) => {
    const value = given?.quantities.get(line) ?? pieces
    const title = name === sku ? html`` : html`<span class="soft shared-name">${name}</span>`
    return html`<label class="shared-piece"><span><strong class="shared-sku">${sku}</strong> <span class="soft">${pieces} open</span>${title}</span><input class="input" name="${QUANTITY}${line}" inputmode="decimal" autocomplete="off" maxlength="30" value="${value}"></label>
`
  })
  const carriers = answers.carriers.map((name) => html`<option value="${name}"></option>`)
  const checked = given?.untracked === true ? html` checked` : html``
  const fields = html`${rows}<label for="carrier">Carrier</label>
<input class="input" id="carrier" name="carrier" list="carriers" maxlength="100" autocomplete="off" value="${given?.carrier ?? ''}"><datalist id="carriers">${carriers}</datalist>
<label for="tracking">Tracking number (separate several by commas)</label>
<input class="input" id="tracking" name="tracking" autocomplete="off" autocapitalize="characters" value="${given?.tracking ?? ''}">
<label class="shared-check"><input type="checkbox" name="untracked" value="yes"${checked}> There is no tracking number</label>
<button class="button primary" type="submit">Ship</button>
`
  return html`<section class="card" aria-labelledby="ship"><div class="card-head"><h2 id="ship">Ship</h2></div>
<div class="shared-answer">${formOf('ship', answers, fields)}</div></section>
`
}
