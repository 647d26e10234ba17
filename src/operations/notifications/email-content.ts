import { isoTime } from '../../events/times.ts'
import { html } from '../../platform/html.ts'
import type { Concern } from './concern.ts'
import { type Notice, type NoticeContext, pageLink } from './notice.ts'

/** Content of an e-mail. */
export interface EmailContent {
  readonly subject: string
  readonly text: string
  readonly html: string
}

/** Some mail programs cut longer subjects. */
const LONGEST_SUBJECT = 150

/** A notification as an e-mail: problems with their place and fix, and resolved problems. */
export function emailContent(notice: Notice, context: NoticeContext): EmailContent {
  return { subject: subjectOf(notice), text: textOf(notice, context), html: htmlOf(notice, context) }
}

function subjectOf(notice: Notice): string {
  const subject = `[Waldstream] ${summaryOf(notice)}`
  return subject.length <= LONGEST_SUBJECT ? subject : `${subject.slice(0, LONGEST_SUBJECT - 1)}…`
}

function summaryOf({ test, opened, reminded, resolved }: Notice): string {
  if (test) return 'Test notification'
  if (opened.length > 0) return headlineOf(opened, 'new problems')
  if (reminded.length > 0) return `Reminder: ${headlineOf(reminded, 'open problems')}`
  return `Resolved: ${headlineOf(resolved, 'problems')}`
}

/** Names a single problem; of several, gives their number and connections. */
function headlineOf(concerns: readonly Concern[], several: string): string {
  const [first, ...more] = concerns
  const where = placeOf({ connections: [...new Set(concerns.flatMap(({ connections }) => connections))] })
  return first !== undefined && more.length === 0
    ? `${where}: ${first.title}`
    : `${concerns.length} ${several}: ${where}`
}

const MOST_NAMED = 3

function placeOf({ connections }: Pick<Concern, 'connections'>): string {
  if (connections.length === 0) return 'no single connection'
  const named = connections.slice(0, MOST_NAMED).join(', ')
  const more = connections.length - MOST_NAMED
  return more > 0 ? `${named} and ${more} more` : named
}

interface Section {
  readonly title: string
  readonly concerns: readonly Concern[]
  readonly isOver: boolean
}

function sectionsOf({ opened, reminded, resolved }: Notice): readonly Section[] {
  const all = [
    { title: 'New', concerns: opened, isOver: false },
    { title: 'Still open', concerns: reminded, isOver: false },
    { title: 'Resolved', concerns: resolved, isOver: true },
  ]
  return all.filter(({ concerns }) => concerns.length > 0)
}

const TEST_TEXT = 'This is a test. Notifications reach you; there is no problem.'

function footerOf({ at, open, test }: Notice, { recipient }: NoticeContext): string {
  const count = test ? '' : ` Open problems: ${open}.`
  return `Sent to the recipient ${recipient} at ${isoTime(at)}.${count}`
}

/** Labels and values of a concern's details. */
function linesOf(concern: Concern, isOver: boolean, context: NoticeContext): readonly (readonly [string, string])[] {
  const { detail, since, fix } = concern
  const link = pageLink(concern, context)
  const lines = [
    ['Message', detail],
    ['Since', since],
    ['What to do', isOver ? null : fix],
    ['Page', isOver ? null : link],
  ] as const
  return lines.flatMap(([label, value]) => (value === null ? [] : [[label, value] as const]))
}

function textOf(notice: Notice, context: NoticeContext): string {
  const sections = sectionsOf(notice).map(({ title, concerns, isOver }) => {
    const items = concerns.map((concern) => {
      const more = linesOf(concern, isOver, context).map(([label, value]) => `  ${label}: ${value}`)
      return [`- ${placeOf(concern)}: ${concern.title}`, ...more].join('\n')
    })
    return [title, ...items].join('\n\n')
  })
  const body = notice.test ? [TEST_TEXT] : sections
  return `${[...body, '-- ', footerOf(notice, context)].join('\n\n').replace('-- \n\n', '-- \n')}\n`
}

function htmlOf(notice: Notice, context: NoticeContext): string {
  const sections = sectionsOf(notice).map(({ title, concerns, isOver }) => {
    const items = concerns.map((concern) => {
      const more = linesOf(concern, isOver, context).map(([label, value]) =>
        label === 'Page'
          ? html`<br>${label}: <a href="${value}">${value}</a>`
          : label === 'What to do'
            ? html`<br>${label}: <code>${value}</code>`
            : html`<br>${label}: ${value}`,
      )
      return html`<li><strong>${placeOf(concern)}: ${concern.title}</strong>${more}</li>`
    })
    return html`<h2>${title}</h2><ul>${items}</ul>`
  })
  const body = notice.test ? [html`<p>${TEST_TEXT}</p>`] : sections
  return html`<!doctype html><html lang="en"><body>${body}<p>${footerOf(notice, context)}</p></body></html>`.html
}
