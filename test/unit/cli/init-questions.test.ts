import { describe, expect, it } from 'vitest'
import { askStartingPoint } from '../../../src/cli/init-questions.ts'
import type { Question, Questions } from '../../../src/cli/questions.ts'

const complete = {
  shop: 'magento2',
  'shop-address': 'https://shop.example.com',
  vendor: 'netsuite',
  'vendor-address': 'https://erp.example.com',
}
const account = ['vendor.account=1234567']

/** Answers what is asked by what the question names, and keeps the questions. */
function people(answers: Readonly<Record<string, string>>) {
  const asked: string[] = []
  const questions: Questions = {
    async ask({ text, usual, problem }: Question) {
      asked.push(text)
      const answer = Object.entries(answers).find(([about]) => text.includes(about))?.[1] ?? usual
      if (answer === null) throw new Error(`nobody answers: ${text}`)
      expect(problem(answer)).toBeNull()
      return answer
    },
    close: () => undefined,
  }
  return { asked, questions }
}

const ask = (given: Readonly<Record<string, string>>, set: readonly string[] = account) =>
  askStartingPoint({ given, set }, null)

describe('what a first configuration is written from', () => {
  it('comes from the options alone where nobody can be asked', async () => {
    const point = await ask({
      ...complete,
      'orders-from': '2026-01-31',
      'sku-pattern': '^A-',
      'vendor-sign-in': 'tokenId',
    })
    expect(point).toMatchObject({
      shop: { id: 'shop', type: { type: 'magento2' }, address: 'https://shop.example.com' },
      vendor: { id: 'vendor', settings: { account: '1234567' } },
      connection: 'shop-vendor',
      skuPattern: '^A-',
      ordersFrom: '2026-01-31T00:00:00.000Z',
    })
    expect(point.vendor.secrets).toEqual(['consumerKey', 'consumerSecret', 'tokenId', 'tokenSecret'])
  })

  it('is asked for where no option says it', async () => {
    const { asked, questions } = people({
      'type of the shop': 'bigcommerce',
      'address of the shop': 'env:SHOP_URL',
      storeHash: 'abc1',
      'type of the vendor': 'sap-b1',
      'id of the vendor': 'acme',
      "address of the vendor's ERP": 'https://sap.example.com:50000',
      companyDb: 'SBO',
    })
    const point = await askStartingPoint({ given: {}, set: [] }, questions)
    expect(point).toMatchObject({
      shop: { settings: { storeHash: 'abc1' } },
      vendor: { id: 'acme' },
      connection: 'shop-acme',
    })
    expect(asked[0]).toBe('type of the shop: magento2 (Magento 2), bigcommerce (BigCommerce)')
  })

  it.for([
    [{}, account, '--shop is missing: type of the shop: magento2 (Magento 2), bigcommerce (BigCommerce)'],
    [{ ...complete, shop: 'magento' }, account, '--shop "magento" is not known; did you mean magento2?'],
    [{ ...complete, shop: 'netsuite' }, account, '--shop "netsuite" is not known; known are: magento2, bigcommerce'],
    [{ ...complete, 'shop-id': 'My Shop' }, account, '--shop-id "My Shop" must be 1 to 40 of a-z, 0-9 and -'],
    [
      { ...complete, 'shop-address': 'shop.example.com' },
      account,
      '--shop-address "shop.example.com" must be an address such as https://host',
    ],
    [{ ...complete, 'shop-address': 'sftp://shop.example.com/' }, account, 'must begin with http:// or https://'],
    [{ ...complete, vendor: 'files', 'vendor-address': 'https://files.example.com/?key=x' }, [], 'must have no query'],
    [
      { ...complete, vendor: 'sap-b1', 'vendor-address': 'https://sap.example.com/b1s/v2' },
      ['vendor.companyDb=SBO'],
      'must end before /b1s',
    ],
    [
      { ...complete, vendor: 'mailbox', 'vendor-address': 'mailto:orders@acme.example' },
      ['vendor.seller=Maple Street'],
      '--sku-pattern is missing',
    ],
    [
      { ...complete, vendor: 'mailbox', 'vendor-address': 'https://acme.example' },
      ['vendor.seller=Maple Street'],
      'must be mailto:',
    ],
    [{ ...complete, 'vendor-id': 'shop' }, account, '--vendor-id "shop" is also the id of the shop; choose another id'],
    [{ ...complete, 'vendor-sign-in': 'token' }, account, '--vendor-sign-in "token" is not known'],
    [{ ...complete, 'sku-pattern': '(' }, account, '--sku-pattern'],
    [{ ...complete, 'orders-from': 'yesterday' }, account, '--orders-from must be a date'],
    [complete, [], '--set vendor.account=… is missing: account of Oracle NetSuite: account id'],
    [complete, ['account'], '--set must be like vendor.account=1234567, not "account"'],
    [complete, ['vendor.account=12 34'], '--set vendor.account: "12 34" must be an account id'],
    [complete, [...account, 'vendor.acount=1'], '--set vendor.acount is not known; did you mean vendor.account?'],
  ] as const)('%j %j is wrong: %s', async ([given, set, message]) => {
    await expect(ask(given, set)).rejects.toThrow(message)
  })
})
