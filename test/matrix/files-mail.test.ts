import { afterAll, beforeAll, expect } from 'vitest'
import { mailPlace } from '../../src/systems/files/mail-place.ts'
import { type ImapFault, startImapProxy } from '../worlds/imap-proxy.ts'
import { type ImapServer, noImapServer, startImapServer } from '../worlds/imap-server/start-imap-server.ts'
import { mailFilesWorld } from '../worlds/mail-files-world.ts'
import { silentServer } from '../worlds/silent-server.ts'
import { testFaults } from './fault-matrix.ts'

const signal = new AbortController().signal
const ROWS = Array.from({ length: 10 }, (_, index) => `A-${index},${index}\n`)
const STOCK = `sku,quantity\n${ROWS.join('')}`

let server: ImapServer
beforeAll(async () => {
  server = await startImapServer()
})
afterAll(async () => await server.stop())

async function proxied(settings: Readonly<Record<string, unknown>> = {}) {
  const proxy = await startImapProxy(server.openPort)
  const world = await mailFilesWorld('inventory', server, { settings, openPort: proxy.port })
  await world.send({ 'stock.csv': STOCK })
  return { ...world, proxy }
}

/** A run ends well after these, and has published all of the file once. */
async function survives(...faults: readonly ImapFault[]): Promise<void> {
  const { proxy, run, events } = await proxied()
  proxy.faults.push(...faults)
  expect(await run()).toMatchObject({ state: 'ended', published: 10, unreadable: 0 })
  expect(await events()).toHaveLength(10)
  expect(proxy.faults).toEqual([])
}

const cells = {
  'rate-limited': async () => {
    // As Exchange Online says it.
    const refuse = 'BAD Request is throttled. Suggested Backoff Time: 1000 milliseconds'
    await survives({ command: /SEARCH/, kind: { refuse } })
  },
  'rate-limited-silently': async () => {
    // RFC 5530.
    const refuse = 'NO [LIMIT] Too many connections'
    await survives({ command: /(EXAMINE|SELECT)/, kind: { refuse } }, { command: /SEARCH/, kind: { refuse } })
  },
  'lost-answer': async () => {
    const world = await proxied({ 'inventory.after': 'move' })
    world.proxy.faults.push({ command: /MOVE/, kind: 'lose' })
    await world.run()
    await world.restart()
    expect(await world.run()).toMatchObject({ state: 'ended' })
    expect(await world.events()).toHaveLength(10)
    expect(await world.mailbox.subjects()).toEqual(['You have won'])
    expect(await world.mailbox.subjects('INBOX.read')).toEqual(['Stock'])
  },
  'half-an-answer': async () =>
    await survives(
      { command: /FETCH.*ENVELOPE/, kind: { cut: 60 } },
      // It ends in the middle of the file.
      { command: /FETCH.*BODY/, kind: { cut: 150 } },
    ),
  'slow-answer': async () => {
    const silent = await silentServer()
    const { options } = await server.mailbox()
    const place = mailPlace({ ...options, port: silent.port, timeoutMs: 300 })
    await expect(place.visit((visit) => visit.list('INBOX'), signal)).rejects.toMatchObject({ code: 'timed_out' })
    await silent.disconnected
  },
  'rows-move': async () => {
    // A person deletes the message after it was listed, and another one comes.
    const world = await proxied()
    const meanwhile = async () => {
      await world.mailbox.visit(async (client) => {
        await client.mailboxOpen('INBOX')
        await client.messageDelete({ subject: 'Stock' })
      })
      await world.send({ 'stock.csv': STOCK.replace('A-3,3', 'A-3,30') })
    }
    world.proxy.faults.push({ command: /FETCH \d+ .*ENVELOPE/, kind: { meanwhile } })
    await world.run()
    expect(await world.run()).toMatchObject({ state: 'ended', unreadable: 0 })
    expect(await world.events()).toHaveLength(10)
    expect(await world.deadLetters()).toEqual([])
  },
}

testFaults('files-mail', cells, noImapServer)
