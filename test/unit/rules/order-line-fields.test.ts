import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { checkConfiguration } from '../../../src/configuration/load-configuration.ts'
import type { AttributeRule } from '../../../src/configuration/model.ts'
import { decimal8 } from '../../../src/events/decimal.ts'
import { mapOrderFields } from '../../../src/rules/map-order.ts'
import { systemTypes } from '../../../src/systems/systems.ts'
import { anySecrets } from '../../data/any-secrets.ts'
import { ruleWith } from '../../data/configuration.ts'
import { connectionOf, lineOf, orderOf } from '../../data/processor-events.ts'

const fieldsOf = (...fields: AttributeRule[]) => {
  const lines = [
    lineOf('11', 'A-1', { attributes: { gift: '"for you"' }, unitPrice: decimal8('12.5', 'price') }),
    lineOf('12', 'A-2'),
  ]
  const orderMap = { shipMethods: {}, location: null, fields }
  return mapOrderFields(connectionOf('a', '^A', { orderMap }), orderOf(lines, { couponCode: 'SPRING' }))
}

describe('rules of lines', () => {
  it('give each line its own value, and a line without one nothing', async () => {
    const fields = await fieldsOf(
      ruleWith('memo', { from: 'couponCode' }),
      ruleWith('line.custcol_gift', { from: 'attributes.gift' }),
      ruleWith('line.class.id', { constant: '3' }),
    )
    expect(fields).toEqual({
      memo: '"SPRING"',
      'line.11.custcol_gift': '"for you"',
      'line.11.class.id': '"3"',
      'line.12.class.id': '"3"',
    })
  })

  it('see the order, also in expressions, and keep the digits of decimals', async () => {
    const fields = await fieldsOf(
      ruleWith('line.custcol_coupon', { from: 'order.couponCode' }),
      ruleWith('line.custcol_double', { expression: '$multiply(unitPrice, "2")', type: 'decimal' }),
      ruleWith('line.custcol_of', { expression: 'sku & " of " & $string($count(order.lines))' }),
    )
    expect(fields).toEqual({
      'line.11.custcol_coupon': '"SPRING"',
      'line.12.custcol_coupon': '"SPRING"',
      'line.11.custcol_double': '25',
      'line.12.custcol_double': '20',
      'line.11.custcol_of': '"A-1 of 2"',
      'line.12.custcol_of': '"A-2 of 2"',
    })
  })

  it('fail once where the order’s own rules fail later', async () => {
    const late = ruleWith('memo', { expression: '$string($error("late"))' })
    const fields = fieldsOf(late, ruleWith('line.custcol_n', { from: 'sku', type: 'integer' }))
    await expect(fields).rejects.toMatchObject({ code: 'mapping_failed', message: expect.stringContaining('memo') })
  })

  it('fail with the name of the rule, and no value', async () => {
    const fields = () => fieldsOf(ruleWith('line.custcol_n', { from: 'sku', type: 'integer' }))
    await expect(fields()).rejects.toThrow(/line\.custcol_n/)
    await expect(fields()).rejects.not.toThrow(/A-1/)
  })

  it('are checked: what they begin with, and what Waldstream writes itself', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'line-fields-'))
    onTestFinished(() => rm(folder, { recursive: true }))
    await writeFile(
      join(folder, 'all.yaml'),
      `
kind: system
id: shop
type: magento2
address: http://shop.test
secrets: { bearer: env:A }
---
kind: system
id: erp
type: netsuite
address: http://erp.test
secrets: { clientId: env:A, certificateId: env:B, privateKey: env:C }
settings: { account: A }
---
kind: connection
id: a
shop: shop
vendor: erp
reads: []
ownership: { skuPattern: ^A }
orderMap:
  fields:
    - { attribute: line.location.id, from: attributes.warehouse }
    - { attribute: line.custcol_coupon, from: order.couponCode }
    - { attribute: line.class.id, from: couponCode }
    - { attribute: line.quantity, constant: 1 }
    - { attribute: line.custcol_waldstream_line, constant: 1 }
`,
    )
    const { mistakes } = await checkConfiguration(folder, anySecrets, systemTypes)
    expect(mistakes.map(({ field, message }) => [field, message.replace(/[;,].*/, '')])).toEqual([
      ['orderMap.fields[2].from', 'reads couponCode'],
      ['orderMap.fields[3].attribute', 'is written by Waldstream itself'],
      ['orderMap.fields[4].attribute', 'is written by Waldstream itself'],
    ])
  })
})
