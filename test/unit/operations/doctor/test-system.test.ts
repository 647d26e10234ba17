import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createSystemTests } from '../../../../src/operations/doctor/test-system.ts'
import { systemTypes } from '../../../../src/systems/systems.ts'
import { localNetwork } from '../../../data/loopback.ts'
import { integration, startTestShop, type TestShop } from '../../../worlds/magento2.ts'
import { governors, uncheckedSystem, wallClock } from '../../../worlds/sources.ts'
import { silentLogger } from '../../../worlds/stage-context.ts'

let shop: TestShop
beforeAll(async () => {
  shop = await startTestShop({ orders: 1 })
})
beforeEach(async () => await shop.reset())
afterAll(async () => await shop.close())

const secrets = Object.fromEntries(Object.keys(integration).map((name) => [name, `env:${name}`]))
const systemOf = (address = shop.url) => uncheckedSystem({ id: 'shop', type: 'magento2', address, secrets })

function tests(values: Readonly<Record<string, string>> = integration, limitMs = 5_000) {
  const asked: string[] = []
  const resolveSecret = async (_system: string, reference: string) => {
    asked.push(reference)
    return values[reference.replace('env:', '')] ?? ''
  }
  const deps = { clock: wallClock, logger: silentLogger, governors, network: localNetwork, mayUseRole: () => false }
  return { asked, test: createSystemTests({ ...deps, resolveSecret, systemTypes, limitMs }) }
}

describe('a test of a system', () => {
  it('says that it accepts the credentials, how its clock is, and changes nothing', async () => {
    const before = await shop.state()
    expect(await tests().test(systemOf())).toMatchObject([
      { level: 'ok', name: 'system shop', what: expect.stringMatching(/^magento2 accepts the credentials/) },
      { level: 'ok', name: 'clock shop' },
    ])
    expect(await shop.state()).toEqual(before)
  })

  it('says what to do about wrong credentials, and looks for renewed ones each time', async () => {
    const values = { ...integration, accessToken: 'outdated-token' }
    const { test } = tests(values)
    expect(await test(systemOf())).toMatchObject([
      {
        level: 'fail',
        what: expect.stringContaining('credentials_refused'),
        fix: 'renew the credentials that its secrets refer to',
      },
    ])
    values.accessToken = integration.accessToken
    expect(await test(systemOf())).toMatchObject([{ level: 'ok' }, { level: 'ok' }])
  })

  it('says what to do about a system that is not there, in bounded time', async () => {
    expect(await tests().test(systemOf('http://127.0.0.1:9'))).toMatchObject([
      { level: 'fail', what: expect.stringContaining('target_unavailable'), fix: expect.stringContaining('address') },
    ])
  })

  it('is one at a time for a system: who asks meanwhile is answered with it', async () => {
    const { asked, test } = tests()
    const [one, other] = await Promise.all([test(systemOf()), test(systemOf())])
    expect(one).toBe(other)
    expect(asked).toHaveLength(4)
    await test(systemOf())
    expect(asked).toHaveLength(8)
  })

  it('never repeats a secret, whatever the system answers', async () => {
    const types = new Map(
      [...systemTypes].map(([type, definition]) => [
        type,
        {
          ...definition,
          open: (...given: Parameters<typeof definition.open>) => ({
            ...definition.open(...given),
            check: async () => {
              throw new Error(`you sent ${given[0].secrets['accessToken']}`)
            },
          }),
        },
      ]),
    )
    const deps = { clock: wallClock, logger: silentLogger, governors, network: localNetwork, mayUseRole: () => false }
    const resolveSecret = async () => 'a-very-secret-value'
    const test = createSystemTests({ ...deps, resolveSecret, systemTypes: types, limitMs: 5_000 })
    const [finding] = await test(systemOf())
    expect(finding?.what).toContain('you sent …')
  })
})
