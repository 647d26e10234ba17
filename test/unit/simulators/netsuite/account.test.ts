import { request } from 'node:http'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { createAccountTime } from '../../../../simulators/netsuite/account-time.ts'
import { NETSUITE_CREDENTIALS } from '../../../../simulators/netsuite/credentials.ts'
import { authorization, firstDetail, startAccount, type TestAccount, temporaryFolder } from './support.ts'

const anyQuery = { q: 'SELECT COUNT(*) AS n FROM item', params: [] }
const suiteql = '/query/v1/suiteql'

async function asked(account: TestAccount, header: string) {
  return account.call('POST', suiteql, anyQuery, { prefer: 'transient', authorization: header })
}

describe('token-based authentication', () => {
  it('refuses a wrong secret, token or account with INVALID_LOGIN', async () => {
    const account = await startAccount()
    const url = `${account.url}/services/rest${suiteql}`
    const wrong = [
      { consumerSecret: 'x' },
      { tokenSecret: 'x' },
      { token: 'x' },
      { consumerKey: 'x' },
      { account: 'OTHER' },
    ]
    for (const change of wrong) {
      const answer = await asked(account, authorization('POST', url, { ...NETSUITE_CREDENTIALS, ...change }))
      expect(answer.status).toBe(401)
      expect(answer.headers.get('www-authenticate')).toContain('Invalid login attempt')
      expect(answer.body).toMatchObject({ title: 'Unauthorized', status: 401 })
      expect(firstDetail(answer)['o:errorCode']).toBe('INVALID_LOGIN')
    }
    expect((await asked(account, '')).status).toBe(401)
    expect((await asked(account, authorization('POST', `${url}?limit=5`))).status).toBe(401)
    expect((await asked(account, authorization('POST', url))).status).toBe(200)
  })

  it('refuses a header that was used before', async () => {
    const account = await startAccount()
    const header = authorization('POST', `${account.url}/services/rest${suiteql}`)
    expect((await asked(account, header)).status).toBe(200)
    expect((await asked(account, header)).status).toBe(401)
  })
})

describe('concurrency', () => {
  it('refuses what comes over the limit and takes calls again afterwards', async () => {
    const account = await startAccount({ concurrency: 2 })
    const held = [openUpload(account), openUpload(account)]
    await Promise.all(held.map(({ arrived }) => arrived))
    const refused = await account.query(anyQuery.q)
    expect(refused.status).toBe(429)
    expect(refused.body['title']).toBe('Too Many Requests')
    expect(firstDetail(refused)['o:errorCode']).toBe('CONCURRENCY_LIMIT_EXCEEDED')
    expect((await account.control('GET', '/state')).status).toBe(200)
    expect(await Promise.all(held.map(({ finish }) => finish()))).toEqual([200, 200])
    expect((await account.query(anyQuery.q)).status).toBe(200)
  })
})

/** A call whose body is held back: it is under way until it is finished. */
function openUpload({ url }: TestAccount) {
  const target = `${url}/services/rest${suiteql}`
  const headers = {
    authorization: authorization('POST', target),
    prefer: 'transient',
    'content-type': 'application/json',
    expect: '100-continue',
  }
  const call = request(target, { method: 'POST', headers })
  const status = new Promise<number>((resolve, reject) => {
    call.once('error', reject)
    call.once('response', (response) => {
      response.resume()
      response.once('end', () => resolve(response.statusCode ?? 0))
    })
  })
  const arrived = new Promise<void>((resolve) => call.once('continue', resolve))
  call.flushHeaders()
  const finish = () => {
    call.end(JSON.stringify(anyQuery))
    return status
  }
  return { arrived, finish }
}

describe('the account’s clock', () => {
  const time = createAccountTime('America/Los_Angeles')
  const local = (utc: string) => time.toLocal(new Date(utc))

  it('skips an hour in March and repeats one in November', () => {
    expect(local('2026-03-08T09:59:59Z')).toBe('2026-03-08 01:59:59')
    expect(local('2026-03-08T10:00:00Z')).toBe('2026-03-08 03:00:00')
    expect(local('2026-11-01T08:30:00Z')).toBe('2026-11-01 01:30:00')
    expect(local('2026-11-01T09:30:00Z')).toBe('2026-11-01 01:30:00')
    expect(local('2026-01-01T08:00:00Z')).toBe('2026-01-01 00:00:00')
  })

  it('is that of the zone it was started with', async () => {
    const q = "SELECT itemid, TO_CHAR(lastmodifieddate, 'YYYY-MM-DD HH24:MI:SS') AS t FROM item WHERE itemid = 'ACME-1'"
    const [utc] = await (await startAccount({ zone: 'UTC' })).rows(q)
    const [tokyo] = await (await startAccount({ zone: 'Asia/Tokyo' })).rows(q)
    const hours = (text: unknown) => Date.parse(`${String(text).replace(' ', 'T')}Z`) / 3_600_000
    expect(hours(tokyo?.['t']) - hours(utc?.['t'])).toBe(9)
  })
})

describe('kept data', () => {
  it('is used again with the same file, and made again by a reset', async () => {
    const dataFile = join(temporaryFolder(), 'data', 'netsuite.sqlite')
    const first = await startAccount({ dataFile })
    const initial = (await first.control('GET', '/state')).body
    await first.control('PATCH', '/items/ACME-1', { displayname: 'Changed' })
    await first.call('PUT', '/record/v1/customer/eid:a', { companyName: 'Kept' })
    const changed = (await first.control('GET', '/state')).body
    await first.close()
    const second = await startAccount({ dataFile })
    expect((await second.control('GET', '/state')).body).toEqual(changed)
    expect(changed).not.toEqual(initial)
    await second.control('POST', '/reset')
    expect((await second.control('GET', '/state')).body).toEqual(initial)
  })

  it('depends on the seed alone, and has changes tied on one second', async () => {
    const catalogFile = fileURLToPath(new URL('../../../../simulators/catalog/catalog.csv', import.meta.url))
    const start = (seed: number) => startAccount({ catalogFile, vendorPattern: /^WLD-/, seed })
    const [one, same, other] = [await start(1), await start(1), await start(2)]
    const state = async (account: TestAccount) => (await account.control('GET', '/state')).body
    expect(await state(same)).toEqual(await state(one))
    expect(await state(other)).not.toEqual(await state(one))
    const ties = 'FROM (SELECT COUNT(*) AS n FROM item GROUP BY lastmodifieddate) WHERE n > 1'
    expect(Number((await one.rows(`SELECT COUNT(*) AS tied ${ties}`))[0]?.['tied'])).toBeGreaterThan(0)
  })
})

it('a fault can commit and close without an answer', async () => {
  const account = await startAccount()
  await account.control('POST', '/faults', [{ path: '/customer/', kind: 'commit-then-close', times: 1 }])
  await expect(account.call('PUT', '/record/v1/customer/eid:a', { companyName: 'A' })).rejects.toThrow()
  expect((await account.control('GET', '/state')).body['customers']).toMatchObject([{ externalId: 'a' }])
  expect((await account.call('PUT', '/record/v1/customer/eid:a', { companyName: 'A' })).status).toBe(204)
  expect((await account.control('GET', '/state')).body['customers']).toHaveLength(1)
})
