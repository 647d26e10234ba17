import type { SMTPServerOptions } from 'smtp-server'
import { expect, it, onTestFinished } from 'vitest'
import { decimal8 } from '../../src/events/decimal.ts'
import type { Order, OrderLine } from '../../src/events/generated/events.ts'
import { postMail } from '../../src/platform/mail-posting.ts'
import { asCanceled } from '../../src/processors/delivery/as-canceled.ts'
import { lineOf, orderOf, vendorOrder } from '../data/processor-events.ts'
import { startMailServer, textOfMail } from '../worlds/mail-server.ts'
import { attachmentOf, headerOf, linkIn, mailboxWorld } from '../worlds/mailbox-world.ts'

const two = (lines: readonly OrderLine[] = [lineOf('1', 'A-1'), lineOf('2', 'A-2')], more: Partial<Order> = {}) =>
  vendorOrder('acme', '17', orderOf(lines, { orderNumber: '17', ...more }))

const canceled = asCanceled<'vendor-orders'>

/** A server that takes messages whole, and whose answers to the first ones are lost. */
function losing(times: number, keeps: (raw: string) => void) {
  const left = { times }
  return (drop: () => void): SMTPServerOptions => ({
    onData(stream, _session, done) {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        keeps(Buffer.concat(chunks).toString())
        left.times -= 1
        if (left.times < 0) done()
        else drop()
      })
    },
  })
}

it('sends an order as an e-mail with a readable body, a packing slip and a link, once', async () => {
  const { deliver, mails } = await mailboxWorld()
  const done = await deliver(two())
  const [mail] = mails
  if (mail === undefined) throw new Error('no e-mail came')
  expect(done).toEqual({ outcome: 'written', targetId: headerOf(mail, 'Message-ID') })
  expect(mail.to).toEqual(['orders@acme.example'])
  expect(headerOf(mail, 'From')).toBe('"Maple & Street" <shop@maple.example>')
  expect(headerOf(mail, 'Subject')).toBe('Order 17 from Maple & Street')
  expect(headerOf(mail, 'Auto-Submitted')).toBe('auto-generated')
  const text = textOfMail(mail)
  expect(text).toContain('To deliver\n1 × A-1\n1 × A-2\n')
  expect(text).toContain('Ship to\nZoë Łukasz\n1 Main St\nUnit 2\nAustin, TX, 78701\nUS\n')
  expect(text).toContain('Purchase order: PO-7')
  expect(text).not.toMatch(/10\.00|USD|Zoe@Example/)
  expect(linkIn(text)).toMatch(/^\/share\/wss_/)
  expect(attachmentOf(mail)?.subarray(0, 5).toString()).toBe('%PDF-')
  expect(await deliver(two())).toEqual({ ...done, outcome: 'unchanged' })
  expect(mails).toHaveLength(1)
})

it('sends changes, holds and cancellations as e-mails of their own, each once, with the same link', async () => {
  const { deliver, mails } = await mailboxWorld()
  const changed = two([lineOf('1', 'A-1', { quantityOrdered: decimal8('3', 'q') }), lineOf('3', 'A-3')])
  const steps = [two(), changed, { ...changed, held: true }, changed, canceled(changed), two()]
  for (const event of steps) {
    expect(await deliver(event)).toMatchObject({ outcome: 'written' })
    expect(await deliver(event)).toMatchObject({ outcome: 'unchanged' })
  }
  const texts = mails.map(textOfMail)
  expect(mails.map((mail) => headerOf(mail, 'Subject'))).toEqual([
    'Order 17 from Maple & Street',
    'Changed: Order 17 from Maple & Street',
    'On hold: Order 17 from Maple & Street',
    'Released: Order 17 from Maple & Street',
    'Canceled: Order 17 from Maple & Street',
    'Changed: Order 17 from Maple & Street',
  ])
  expect(texts[1]).toContain('What changed\n- A-1: 3 in place of 1\n- New: 1 × A-3\n- Removed: 1 × A-2\n')
  expect(new Set(texts.map(linkIn)).size).toBe(1)
  expect(mails.map((mail) => attachmentOf(mail) !== null)).toEqual([true, true, false, true, false, true])
  const [first, ...others] = mails.map((mail) => headerOf(mail, 'Message-ID'))
  expect(new Set([first, ...others]).size).toBe(6)
  expect(mails.slice(1).map((mail) => headerOf(mail, 'In-Reply-To'))).toEqual(others.map(() => first))
  expect(texts[4]).not.toContain('Main St')
})

it('sends nothing of an order that was canceled, or is on hold, before its first e-mail', async () => {
  const { deliver, mails } = await mailboxWorld()
  expect(await deliver(canceled(two()))).toEqual({ outcome: 'unchanged', targetId: null })
  await expect(deliver({ ...two(), held: true })).rejects.toMatchObject({ code: 'order_not_ready' })
  expect(mails).toEqual([])
})

it('names the order that an order replaces', async () => {
  const { deliver, mails } = await mailboxWorld()
  await deliver(two(undefined, { amends: '16' }))
  expect(mails.map(textOfMail).join()).toContain('It replaces order 16.')
})

it('says nothing new when only prices change', async () => {
  const { deliver, mails } = await mailboxWorld()
  await deliver(two())
  const dearer = two([lineOf('1', 'A-1', { unitPrice: decimal8('12', 'p') }), lineOf('2', 'A-2')])
  expect(await deliver(dearer)).toMatchObject({ outcome: 'unchanged' })
  expect(mails).toHaveLength(1)
})

it('sends one marked copy after a lost answer, and asks people after the second', async () => {
  const raws: string[] = []
  const { deliver } = await mailboxWorld({ server: losing(2, (raw) => raws.push(raw)) })
  await expect(deliver(two())).rejects.toMatchObject({ code: 'target_unavailable' })
  await expect(deliver(two())).rejects.toMatchObject({ code: 'target_unavailable' })
  expect(raws).toHaveLength(2)
  const received = raws.map((raw) => ({ to: [], raw }))
  expect(new Set(received.map((mail) => headerOf(mail, 'Message-ID'))).size).toBe(1)
  expect(new Set(received.map((mail) => linkIn(textOfMail(mail)))).size).toBe(1)
  expect(received.map((mail) => /earlier copy of this e-mail/.test(textOfMail(mail)))).toEqual([false, true])
  await expect(deliver(two())).rejects.toMatchObject({
    code: 'target_conflict',
    message: expect.stringContaining('Ask the vendor'),
  })
  expect(raws).toHaveLength(2)
  // Somebody retries the dead letter.
  expect(await deliver(two())).toMatchObject({ outcome: 'written' })
  expect(raws).toHaveLength(3)
  expect(await deliver(two())).toMatchObject({ outcome: 'unchanged' })
})

it('waits for the answer to an e-mail that was sent whole when the process is to stop', async () => {
  const stopping = new AbortController()
  const { port, close } = await startMailServer({
    onData(stream, _session, done) {
      stream.resume()
      stream.on('end', () => {
        stopping.abort()
        setImmediate(done)
      })
    },
  })
  onTestFinished(close)
  const server = { host: '127.0.0.1', port, tls: 'off', login: null } as const
  const mail = {
    from: 'shop@maple.example',
    to: ['orders@acme.example'],
    message: Buffer.from('Subject: 17\r\n\r\nOne\r\n'),
  }
  const posting = await postMail({ server, lookup: null, loginIn: 'nothing' }, mail, stopping.signal)
  expect(posting).toEqual({ end: 'accepted', refusedAddresses: 0 })
  expect(stopping.signal.aborted).toBe(true)
})

it('takes an e-mail without an answer for sent once the order changes', async () => {
  const raws: string[] = []
  const { deliver } = await mailboxWorld({ server: losing(1, (raw) => raws.push(raw)) })
  await expect(deliver(two())).rejects.toMatchObject({ code: 'target_unavailable' })
  expect(await deliver(canceled(two()))).toMatchObject({ outcome: 'written' })
  expect(raws.map((raw) => headerOf({ to: [], raw }, 'Subject'))).toEqual([
    'Order 17 from Maple & Street',
    'Canceled: Order 17 from Maple & Street',
  ])
})

it.each([
  ['the recipient is refused for good', { onRcptTo: 550 }, 'target_rejected'],
  ['the recipient is refused for now', { onRcptTo: 450 }, 'rate_limited'],
  ['the message is refused', { onData: 554 }, 'target_rejected'],
  ['the message is refused for now', { onData: 451 }, 'rate_limited'],
])('sends it as new when %s', async (_what, refusals: { onRcptTo?: number; onData?: number }, code) => {
  const left = { times: 1 }
  const refusal = (status: number | undefined) => {
    if (status === undefined || left.times === 0) return null
    left.times -= 1
    return Object.assign(new Error(`no such user orders@acme.example`), { responseCode: status })
  }
  const raws: string[] = []
  const { deliver } = await mailboxWorld({
    server: {
      onRcptTo: (_address, _session, done) => done(refusal(refusals.onRcptTo)),
      onData(stream, _session, done) {
        const chunks: Buffer[] = []
        stream.on('data', (chunk: Buffer) => chunks.push(chunk))
        stream.on('end', () => {
          const error = refusal(refusals.onData)
          if (error === null) raws.push(Buffer.concat(chunks).toString())
          done(error)
        })
      },
    },
  })
  const failed = await deliver(two()).catch((error: unknown) => error)
  expect(failed).toMatchObject({ code })
  expect(String(failed)).not.toContain('orders@acme')
  expect(await deliver(two())).toMatchObject({ outcome: 'written' })
  expect(raws).toHaveLength(1)
  expect(textOfMail({ to: [], raw: raws[0] ?? '' })).not.toContain('earlier copy')
})

it('is sent as new when the connection breaks before the message', async () => {
  const left = { times: 1 }
  const { deliver, mails } = await mailboxWorld({
    server: (drop) => ({
      onRcptTo(_address, _session, done) {
        left.times -= 1
        if (left.times < 0) done()
        else drop()
      },
    }),
  })
  await expect(deliver(two())).rejects.toMatchObject({ code: 'target_unavailable' })
  expect(await deliver(two())).toMatchObject({ outcome: 'written' })
  expect(mails.map((mail) => /earlier copy/.test(textOfMail(mail)))).toEqual([false])
})

it('is sent when one of several addresses is accepted, and says so', async () => {
  const { deliver, mails } = await mailboxWorld({
    system: { address: 'mailto:orders@acme.example,gone@acme.example' },
    server: {
      onRcptTo: ({ address }, _session, done) =>
        done(address.startsWith('gone') ? Object.assign(new Error('no'), { responseCode: 550 }) : null),
    },
  })
  expect(await deliver(two())).toMatchObject({ outcome: 'written', note: expect.stringContaining('refused 1') })
  expect(mails).toHaveLength(1)
})

it('uses another link when the last one was revoked', async () => {
  const { deliver, mails, shares } = await mailboxWorld()
  await deliver(two())
  const [link] = await shares.list('magento', '17')
  expect(link).toMatchObject({ answers: true, connection: 'acme', source: 'magento' })
  await shares.revoke({ source: 'magento', number: '17', id: link?.id ?? '' }, 'boss')
  await deliver(canceled(two()))
  const [before, after] = mails.map((mail) => linkIn(textOfMail(mail)).slice('/share/'.length))
  expect(await shares.check(before ?? '')).toMatchObject({ refused: 'revoked' })
  expect(await shares.check(after ?? '')).toMatchObject({ link: { answers: true } })
})

it('keeps neither the secret of its link nor personal data', async () => {
  const { deliver, mails, tables } = await mailboxWorld()
  await deliver(two())
  const secret = linkIn(mails.map(textOfMail).join()).slice(-43)
  const kept = await Promise.all(
    ['sent_mails', 'share_links', 'audit', 'order_steps'].map(async (name) => {
      const items = []
      for await (const page of tables.scan(name)) items.push(...page)
      return items
    }),
  )
  expect(kept[0]).toHaveLength(1)
  expect(kept[1]).toHaveLength(1)
  expect(JSON.stringify(kept)).not.toContain(secret)
  expect(JSON.stringify(kept)).not.toMatch(/Zoë|Main St|acme\.example/)
})

it('is checked by signing in, without sending', async () => {
  const { check, mails } = await mailboxWorld()
  expect(await check()).toEqual({ date: null, warnings: [] })
  expect(mails).toEqual([])
})

it('takes up no order without the address of its links', async () => {
  const { deliver, mails } = await mailboxWorld({ publicUrl: null })
  await expect(deliver(two())).rejects.toMatchObject({ code: 'configuration_invalid', field: 'PUBLIC_URL' })
  expect(mails).toEqual([])
})
