// Attachments of a mailbox keep the part of the contract of places that is about reading, on a real server.

import { createServer, type LookupFunction } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { mailPlace } from '../../src/systems/files/mail-place.ts'
import type { PlacedFile, Visit } from '../../src/systems/files/place.ts'
import { type ImapServer, noImapServer, startImapServer, VENDOR } from '../worlds/imap-server/start-imap-server.ts'

const never = new AbortController().signal
const csv = (filename: string, content: string | Buffer = 'sku,quantity\nA,1\n') => ({ filename, content })
const text = async (visit: Visit, path: string, listed?: PlacedFile) =>
  Buffer.concat(await Array.fromAsync(visit.read(path, listed))).toString()

/** Names here stand for this machine. */
const toHere: LookupFunction = (_name, _options, done) => done(null, '127.0.0.1', 4)

describe.skipIf(noImapServer !== null)('a mailbox', () => {
  let server: ImapServer
  beforeAll(async () => {
    server = await startImapServer()
  })
  afterAll(async () => await server.stop())

  it('lists attachments of accepted senders with their time, as files of one name each', async () => {
    const mailbox = await server.mailbox()
    await mailbox.send({ attachments: [csv('stock.csv'), { filename: 'logo.png', content: 'x' }] })
    await mailbox.send({ attachments: [csv('stock.csv', 'second'), csv('Bestände ä.csv', 'third')] })
    await mailbox.send({ from: 'other@acme.example', attachments: [csv('stock.csv')] })
    await mailbox.send({ from: `"${VENDOR}" <evil@else.example>`, attachments: [csv('stock.csv')] })
    await mailPlace(mailbox.options).visit(async (visit) => {
      const files = await visit.list('INBOX')
      expect(files.map(({ called }) => called)).toEqual(['stock.csv', 'stock.csv', 'Bestände ä.csv'])
      expect(new Set(files.map(({ name }) => name)).size).toBe(3)
      expect(new Set(files.map(({ version }) => version)).size).toBe(3)
      expect(files.map(({ name }) => name).toSorted()).toEqual(files.map(({ name }) => name))
      for (const file of files) {
        expect(Math.abs((file.modifiedAt ?? 0) - Date.now())).toBeLessThan(60_000)
        expect(await visit.find(`INBOX/${file.name}`)).toEqual(file)
      }
      expect(await Promise.all(files.map(async (file) => await text(visit, `INBOX/${file.name}`, file)))).toEqual([
        'sku,quantity\nA,1\n',
        'second',
        'third',
      ])
      expect(await visit.find('INBOX/stock.csv')).toBeNull()
      expect(await visit.find(`INBOX/${files[0]?.name}x`)).toBeNull()
    }, never)
    // Reading leaves no trace.
    expect(await mailbox.subjects()).toEqual(['You have won', 'Stock', 'Stock', 'Stock', 'Stock'])
  })

  it('gives attachments as bytes, in pieces, however they are encoded', async () => {
    const mailbox = await server.mailbox()
    const big = Buffer.alloc(300_000, 'ä€x')
    const latin = Buffer.from('sku,quantity\r\nGrün,1\r\n', 'latin1')
    await mailbox.send({ attachments: [csv('big.csv', big)] })
    const part = (name: string, encoding: string, content: string) =>
      `--b\r\nContent-Type: text/plain; charset=iso-8859-1; format=flowed; name=${name}\r\nContent-Disposition: inline\r\n` +
      `Content-Transfer-Encoding: ${encoding}\r\n\r\n${content}\r\n`
    const head = `From: ${VENDOR}\r\nTo: ${mailbox.user}\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n`
    const parts = [
      part('latin.csv', 'base64', latin.toString('base64')),
      part('quoted.csv', 'quoted-printable', 'sku,=\r\nquantity\r\nGr=FCn,1\r\n'),
      part('plain.csv', '7bit', 'sku,quantity \r\nA,1\r\n'),
    ]
    await mailbox.send({ raw: `${head}${parts.join('')}--b--\r\n`, envelope: { from: VENDOR, to: mailbox.user } })
    await mailPlace(mailbox.options).visit(async (visit) => {
      const contents = new Map<string, Buffer>()
      for (const { name, called = '' } of await visit.list('INBOX')) {
        const chunks = await Array.fromAsync(visit.read(`INBOX/${name}`))
        if (called === 'big.csv') expect(chunks.length).toBeGreaterThan(1)
        contents.set(called, Buffer.concat(chunks))
      }
      expect(contents.get('big.csv')?.equals(big)).toBe(true)
      expect(contents.get('latin.csv')?.equals(latin)).toBe(true)
      // GreenMail leaves out the last line break of a part that is not in base64.
      expect(contents.get('plain.csv')?.toString('latin1')).toMatch(/^sku,quantity \r\nA,1(\r\n)?$/)
      expect(contents.get('quoted.csv')?.toString('latin1').trimEnd()).toBe(latin.toString('latin1').trimEnd())
    }, never)
  })

  it('reads a message that is nothing but the file', async () => {
    const mailbox = await server.mailbox()
    const head = `From: ${VENDOR}\r\nTo: ${mailbox.user}\r\nSubject: Stock\r\nMIME-Version: 1.0\r\n`
    const type = 'Content-Type: text/csv; name="stock.csv"\r\nContent-Transfer-Encoding: base64\r\n\r\n'
    const raw = `${head}${type}${Buffer.from('sku,quantity\nA,1\n').toString('base64')}\r\n`
    await mailbox.send({ raw, envelope: { from: VENDOR, to: mailbox.user } })
    await mailPlace(mailbox.options).visit(async (visit) => {
      const [file] = await visit.list('INBOX')
      expect(await text(visit, `INBOX/${file?.name}`, file)).toBe('sku,quantity\nA,1\n')
    }, never)
  })

  it('moves a message when all of its attachments that are read are finished', async () => {
    const mailbox = await server.mailbox()
    await mailbox.send({ attachments: [csv('a.csv', 'a'), csv('b.csv', 'b'), { filename: 'c.pdf', content: 'c' }] })
    const place = mailPlace(mailbox.options)
    const files = await place.visit(async (visit) => await visit.list('INBOX'), never)
    const [a, b] = files
    if (a === undefined || b === undefined) throw new Error('two are read')
    const target = ({ name }: PlacedFile) => `INBOX/read/0123456789ab-${name}`
    await place.visit(async (visit) => await visit.move(`INBOX/${a.name}`, target(a), a), never)
    expect(await mailbox.subjects()).toEqual(['You have won', 'Stock'])
    // Again, as after an interruption.
    await place.visit(async (visit) => await visit.move(`INBOX/${a.name}`, target(a), a), never)
    expect(await mailbox.subjects()).toEqual(['You have won', 'Stock'])
    await place.visit(async (visit) => await visit.move(`INBOX/${b.name}`, target(b), b), never)
    expect(await mailbox.subjects()).toEqual(['You have won'])
    expect(await mailbox.subjects('INBOX.read')).toEqual(['Stock'])
    await place.visit(async (visit) => {
      expect(await visit.find(`INBOX/${a.name}`)).toBeNull()
      await visit.move(`INBOX/${a.name}`, target(a), a)
      // A sweep looks for what was read last.
      expect(await text(visit, target(b))).toBe('b')
    }, never)
  })

  it('deletes a message when all of its attachments are finished, and no other', async () => {
    const mailbox = await server.mailbox()
    await mailbox.send({ subject: 'first', attachments: [csv('a.csv')] })
    await mailbox.send({ subject: 'second', attachments: [csv('a.csv')] })
    const place = mailPlace(mailbox.options)
    await place.visit(async (visit) => {
      const [file] = await visit.list('INBOX')
      await visit.remove(`INBOX/${file?.name}`, file)
    }, never)
    expect(await mailbox.subjects()).toEqual(['You have won', 'second'])
  })

  it('takes nothing for the listed message that has its number in a folder made anew', async () => {
    const mailbox = await server.mailbox()
    await mailbox.send({ attachments: [csv('a.csv')] })
    const place = mailPlace(mailbox.options)
    await place.visit(async (visit) => {
      const [file] = await visit.list('INBOX')
      if (file === undefined) throw new Error('one is there')
      const listed = { ...file, version: file.version?.replace(/^\d+/, '7') ?? null }
      const changed = { code: 'target_unavailable', message: expect.stringContaining('was made anew') }
      await expect(text(visit, `INBOX/${file.name}`, listed)).rejects.toMatchObject(changed)
      await expect(visit.remove(`INBOX/${file.name}`, listed)).rejects.toMatchObject(changed)
    }, never)
  })

  it('names the folder that is missing, and takes no file', async () => {
    const mailbox = await server.mailbox()
    await mailPlace(mailbox.options).visit(async (visit) => {
      await expect(visit.list('nowhere')).rejects.toMatchObject({
        code: 'not_found',
        message: expect.stringContaining('nowhere does not exist; create it'),
      })
      await expect(text(visit, 'INBOX/0000000099.1-a.csv')).rejects.toMatchObject({ code: 'not_found' })
      await expect(visit.write('orders/a.csv', Buffer.from('a'))).rejects.toMatchObject({
        code: 'configuration_invalid',
        message: expect.stringContaining('system of type mailbox'),
      })
    }, never)
  })

  it('believes a sender that the own mail server has found right, if the settings name it', async () => {
    const mailbox = await server.mailbox()
    const send = async (subject: string, ...results: string[]) => {
      const lines = results.map((line) => `Authentication-Results: ${line}\r\n`).join('')
      const head = `From: ${VENDOR}\r\nTo: ${mailbox.user}\r\nSubject: ${subject}\r\nMIME-Version: 1.0\r\n`
      const type = 'Content-Type: text/csv; name="stock.csv"\r\n\r\nsku\r\n'
      await mailbox.send({ raw: `${lines}${head}${type}`, envelope: { from: VENDOR, to: mailbox.user } })
    }
    await send('none')
    await send(
      'forged',
      'mx.else.example; dmarc=pass header.from=acme.example',
      'mx.shop.example; dmarc=pass header.from=acme.example',
    )
    await send(
      'right',
      'mx.shop.example;\r\n\tdkim=pass (2048-bit key)\r\n\theader.d=acme.example',
      'mx.shop.example; dkim=fail',
    )
    const options = { ...mailbox.options, authenticatedBy: 'mx.shop.example' }
    const files = await mailPlace(options).visit(async (visit) => await visit.list('INBOX'), never)
    expect(files).toHaveLength(1)
    expect(files[0]?.name).toMatch(/^0{9}\d\.1-stock\.csv$/)
  })

  it('whose password, certificate or encryption is another one gets nothing, and the error says what to correct', async () => {
    const { options } = await server.mailbox()
    const list = async (changed: object) =>
      await mailPlace({ ...options, ...changed }).visit(async (visit) => await visit.list('INBOX'), never)
    await expect(list({ password: 'wrong-secret' })).rejects.toMatchObject({
      code: 'credentials_refused',
      message: expect.not.stringContaining('wrong-secret'),
      cause: undefined,
    })
    await expect(list({ ca: null })).rejects.toMatchObject({ code: 'configuration_invalid', field: 'secrets.ca' })
    const named = { host: 'other.example', lookup: toHere }
    await expect(list(named)).rejects.toMatchObject({
      code: 'configuration_invalid',
      message: expect.stringContaining('it must be valid for other.example'),
    })
    await expect(list({ port: server.openPort, encryption: 'explicit' })).rejects.toMatchObject({
      code: 'configuration_invalid',
      field: 'settings.encryption',
    })
    expect(await list({ port: server.openPort, encryption: 'none' })).toEqual([])
  })

  it('that is gone is unavailable, and a visit ends soon after the signal aborts', async () => {
    const { options } = await server.mailbox()
    const gone = mailPlace({ ...options, port: 1 })
    await expect(gone.visit(async (visit) => await visit.list('INBOX'), never)).rejects.toMatchObject({
      code: 'target_unavailable',
    })
    const stop = new AbortController()
    const waiting = mailPlace(options).visit(async (visit) => {
      stop.abort()
      return await visit.list('INBOX')
    }, stop.signal)
    await expect(waiting).rejects.toMatchObject({ code: 'stopping' })
    const silent = createServer()
    await new Promise<void>((listening) => silent.listen(0, '127.0.0.1', listening))
    const address = silent.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    const late = mailPlace({ ...options, port, timeoutMs: 300 })
    await expect(late.visit(async (visit) => await visit.list('INBOX'), never)).rejects.toMatchObject({
      code: 'timed_out',
    })
    silent.close()
  })
})
