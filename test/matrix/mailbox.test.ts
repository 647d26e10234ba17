import type { SMTPServerOptions } from 'smtp-server'
import { expect } from 'vitest'
import { lineOf, orderOf, vendorOrder } from '../data/processor-events.ts'
import { textOfMail } from '../worlds/mail-server.ts'
import { mailboxWorld } from '../worlds/mailbox-world.ts'
import { testFaults } from './fault-matrix.ts'

const event = vendorOrder('acme', '1', orderOf([lineOf('1', 'A-1')]))

/** Refuses the first message. */
const refusing = (responseCode: number): SMTPServerOptions => {
  const left = { times: 1 }
  return {
    onMailFrom(_address, _session, done) {
      left.times -= 1
      done(left.times < 0 ? null : Object.assign(new Error('too many messages'), { responseCode }))
    },
  }
}

async function sendsItLater(server: SMTPServerOptions): Promise<void> {
  const { deliver, mails } = await mailboxWorld({ server })
  await expect(deliver(event)).rejects.toMatchObject({ code: 'rate_limited', retryAfterMs: expect.any(Number) })
  expect(await deliver(event)).toMatchObject({ outcome: 'written' })
  expect(mails.map((mail) => textOfMail(mail).includes('earlier copy'))).toEqual([false])
}

testFaults('mailbox', {
  // SMTP has no way to say when.
  'rate-limited': async () => await sendsItLater(refusing(450)),
  'rate-limited-silently': async () => await sendsItLater(refusing(451)),
  'lost-answer': async () => {
    const raws: string[] = []
    const { deliver } = await mailboxWorld({
      server: (drop) => ({
        onData(stream, _session, done) {
          const chunks: Buffer[] = []
          stream.on('data', (chunk: Buffer) => chunks.push(chunk))
          stream.on('end', () => {
            raws.push(Buffer.concat(chunks).toString())
            if (raws.length === 1) drop()
            else done()
          })
        },
      }),
    })
    await expect(deliver(event)).rejects.toMatchObject({ code: 'target_unavailable' })
    expect(await deliver(event)).toMatchObject({ outcome: 'written' })
    expect(await deliver(event)).toMatchObject({ outcome: 'unchanged' })
    const ids = raws.map((raw) => /^Message-ID: (.*)$/im.exec(raw)?.[1])
    expect([ids.length, new Set(ids).size]).toEqual([2, 1])
  },
  'half-an-answer': async () => {
    const left = { times: 1 }
    const { deliver, mails } = await mailboxWorld({
      server: (drop) => ({
        onConnect(_session, done) {
          left.times -= 1
          if (left.times < 0) done()
          else drop()
        },
      }),
    })
    await expect(deliver(event)).rejects.toMatchObject({ code: 'target_unavailable' })
    expect(await deliver(event)).toMatchObject({ outcome: 'written' })
    expect(mails).toHaveLength(1)
  },
  'slow-answer': async () => {
    // The delivery is cut off while the server has not greeted it.
    const late = new AbortController()
    const slow = await mailboxWorld({ server: { onConnect: () => late.abort() } })
    await expect(slow.deliver(event, late.signal)).rejects.toMatchObject({ code: 'timed_out' })
    // Nothing was sent: it is not in doubt.
    const items = []
    for await (const page of slow.tables.scan('sent_mails')) items.push(...page)
    expect(items).toMatchObject([{ sent: null, open: null }])
  },
})
