import { expect, it } from 'vitest'
import { mailCheck, recipientCheck } from '../../../../src/operations/doctor/recipients-check.ts'
import { recipientWith, SIGNING_KEY } from '../../../data/recipients.ts'
import { startMailServer } from '../../../worlds/mail-server.ts'

const { signal } = new AbortController()
const hook = recipientWith('hook', { webhook: 'https://hooks.example/x' })
const serverAt = (port: number) => ({ host: '127.0.0.1', port, tls: 'off', login: null, from: 'a@b.c' }) as const

it('says whether the mail server accepts e-mail, and sends none', async () => {
  const mail = await startMailServer()
  expect(await mailCheck(serverAt(mail.port)).run(signal)).toMatchObject([{ level: 'ok' }])
  expect(mail.mails).toEqual([])
  await mail.close()
  await expect(mailCheck(serverAt(mail.port)).run(signal)).rejects.toMatchObject({ code: 'target_unavailable' })
})

it('says what keeps a recipient from being notified', async () => {
  const check = async (recipient: typeof hook, key: string, mail: Parameters<typeof mailCheck>[0] | null = null) => {
    const [found] = await recipientCheck(recipient, { mail, resolveSecret: async () => key }).run(signal)
    return [found?.level, found?.what]
  }
  expect(await check(hook, SIGNING_KEY)).toEqual(['ok', expect.stringContaining('waldstream notifications test hook')])
  expect(await check(hook, 'secret')).toEqual(['fail', expect.stringContaining('must be whsec_')])
  expect(await check(recipientWith('ops'), '')).toEqual(['fail', 'no mail server is set'])
  expect(await check(recipientWith('ops'), '', serverAt(25))).toEqual(['ok', expect.any(String)])
})
