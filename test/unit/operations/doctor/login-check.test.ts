import { expect, it } from 'vitest'
import { loginCheck } from '../../../../src/operations/doctor/login-check.ts'

it('a login by password names its user and mechanism, and not the password', async () => {
  const check = loginCheck({ mechanism: 'scram-sha-512', username: 'shop', password: 'hunter2' })
  expect(await check.run(new AbortController().signal)).toEqual([
    { level: 'ok', name: 'kafka login', what: 'as shop, by scram-sha-512', fix: null },
  ])
})
