import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, it, onTestFinished } from 'vitest'
import { notificationCauses } from '../../../src/configuration/model.ts'
import { emailContent } from '../../../src/operations/notifications/email-content.ts'
import type { Notice } from '../../../src/operations/notifications/notice.ts'
import { NOTIFIED_AFTER_MS } from '../../../src/operations/notifications/plan-notice.ts'
import { webhookBody } from '../../../src/operations/notifications/webhook-body.ts'
import { webhookSignatures } from '../../../src/platform/signed-webhook.ts'
import { pausedConcern, SIGNING_KEY } from '../../data/recipients.ts'

const page = readFileSync(new URL('../../../docs/how-to/notifications.md', import.meta.url), 'utf8')

/** The block of code behind the comment that names it. */
function example(name: string): string {
  const [, block = ''] = new RegExp(`<!-- example: ${name} -->\\n+\`\`\`\\w*\\n([\\s\\S]*?)\\n\`\`\``).exec(page) ?? []
  return block
}

const notice: Notice = {
  id: 'msg_1',
  at: Date.parse('2026-11-29T08:20:00.000Z'),
  test: false,
  opened: [pausedConcern],
  reminded: [],
  resolved: [],
  open: 1,
}
const context = { recipient: 'operations', publicUrl: 'https://waldstream.example.com' }

it('the page shows the body of a webhook as it is', () => {
  expect(JSON.parse(example('webhook'))).toEqual(JSON.parse(webhookBody(notice, context)))
})

it('the page shows an e-mail as it is', () => {
  const { subject, text } = emailContent(notice, context)
  expect(`Subject: ${subject}\n\n${text}`).toBe(`${example('email')}\n`)
})

it('the page names every cause, and how long it is waited', () => {
  const rows = [...page.matchAll(/^\| `(\w+)` +\|.*\| (\d+) minutes +\|$/gm)].map(([, cause, minutes]) => [
    cause,
    Number(minutes),
  ])
  expect(rows).toEqual(notificationCauses.map((cause) => [cause, NOTIFIED_AFTER_MS[cause] / 60_000]))
})

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'notifications-'))
  onTestFinished(() => rmSync(path, { recursive: true }))
  return path
}

const body = '{"a":"Größe"}'
const seconds = 1_800_000_000
const timestamp = String(seconds)
const headers = {
  'webhook-id': 'msg_1',
  'webhook-timestamp': timestamp,
  'webhook-signature': webhookSignatures([SIGNING_KEY], { id: 'msg_1', timestamp, body }),
}

it('the function of the page verifies signatures', async () => {
  const file = join(folder(), 'verify.ts')
  writeFileSync(file, example('verify'))
  const { isGenuine } = await import(pathToFileURL(file).href)
  const now = seconds * 1000
  expect(isGenuine(headers, body, SIGNING_KEY, now)).toBe(true)
  expect(isGenuine(headers, `${body} `, SIGNING_KEY, now)).toBe(false)
  expect(isGenuine(headers, body, SIGNING_KEY, now + 301_000)).toBe(false)
})

it('the commands of the page make the signature', () => {
  const cwd = folder()
  writeFileSync(join(cwd, 'body.json'), body)
  const env = { PATH: process.env['PATH'], KEY: SIGNING_KEY, ID: 'msg_1', TIMESTAMP: timestamp }
  const signature = execFileSync('sh', ['-c', example('shell')], { cwd, env, encoding: 'utf8' })
  expect(`v1,${signature.trim()}`).toBe(headers['webhook-signature'])
})
