// Orders as files: each once, whole, and never a second time, whatever a crash leaves and however fast the vendor is.

import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { decimal4, decimal8 } from '../../src/events/decimal.ts'
import type { VendorOrderRequested } from '../../src/events/generated/events.ts'
import { localPlace } from '../../src/systems/files/local-place.ts'
import type { Visit } from '../../src/systems/files/place.ts'
import { settings as declared, ordersOf } from '../../src/systems/files/settings.ts'
import { writeFileOrders } from '../../src/systems/files/write-orders.ts'
import { connectionOf, lineOf, orderOf, vendorOrder } from '../data/processor-events.ts'
import { placeClient } from '../worlds/place-client.ts'
import { valuesOf } from '../worlds/settings.ts'

const signal = new AbortController().signal
const connection = connectionOf('acme', '^A')

const order = (more: Partial<VendorOrderRequested> = {}, key = '1001'): VendorOrderRequested => {
  const lines = [lineOf('1', '0012', { quantityOrdered: decimal8('3', 'q') }), lineOf('2', 'A-2')]
  return { ...vendorOrder('acme', key, orderOf(lines, { orderNumber: key })), ...more }
}
const withQuantity = (quantity: string) => {
  const lines = [lineOf('1', '0012', { quantityOrdered: decimal8(quantity, 'q') })]
  return order({ data: orderOf(lines, { orderNumber: '1001' }), contentDigest: 'other' })
}

/** As the processor of orders sends it: without lines and mapped fields. */
const canceled = (key = '1001') => order({ canceled: true, data: orderOf([], { orderNumber: key }), fields: {} }, key)

/** What the vendor sees, and a sink whose process may die at any step of a visit. */
function world(
  settings: Readonly<Record<string, unknown>> = {},
  root = mkdtempSync(join(tmpdir(), 'waldstream-orders-')),
) {
  onTestFinished(() => rmSync(root, { recursive: true, force: true }))
  const values = ordersOf(valuesOf(declared, settings))
  const place = localPlace(root)
  const calls = { left: Number.POSITIVE_INFINITY, after: false, seen: 0 }
  const dying = (visit: Visit): Visit => {
    const step = <A extends unknown[], T>(call: (...given: A) => Promise<T>) => {
      return async (...given: A): Promise<T> => {
        calls.seen += 1
        calls.left -= 1
        if (calls.left === 0 && !calls.after) throw new Error('the process dies before the step')
        const done = await call(...given)
        if (calls.left === 0) throw new Error('the process dies after the step')
        return done
      }
    }
    return { ...visit, write: step(visit.write), move: step(visit.move), remove: step(visit.remove) }
  }
  const client = placeClient((work, stop) => place.visit(async (visit) => await work(dying(visit)), stop))
  const sink = writeFileOrders(client, values)
  const folder = join(root, 'orders')
  const list = () => (existsSync(folder) ? readdirSync(folder).filter((name) => name !== '.waldstream') : [])
  const text = (name: string) => readFileSync(join(folder, name), 'utf8')
  return {
    root,
    calls,
    folder,
    deliver: async (event = order()) =>
      await sink.deliver(event, connection, signal, { targetId: null, unclear: false }),
    list,
    own: () => readdirSync(join(folder, '.waldstream')).toSorted(),
    text,
    put(name: string, text: string) {
      mkdirSync(folder, { recursive: true })
      writeFileSync(join(folder, name), text)
    },
    /** The vendor fetches what there is, and takes it away. */
    fetch(): string[] {
      const names = list()
      const texts = names.map((name) => text(name))
      for (const name of names) rmSync(join(folder, name))
      return texts
    },
  }
}

const columns = ['PO Number=reference', 'Item=sku', 'Qty=quantity', 'Name=ship_name']

describe('the file of an order', () => {
  it('has a row for each line that is to be delivered, with the columns of the vendor', async () => {
    const { deliver, list, text } = world({ 'orders.columns': columns, 'orders.file': 'PO-{date}-{reference}.csv' })
    expect(await deliver()).toEqual({ outcome: 'written', targetId: 'orders/PO-20260302-acme-1001.csv' })
    expect(list()).toEqual(['PO-20260302-acme-1001.csv'])
    expect(text('PO-20260302-acme-1001.csv')).toBe(
      'PO Number,Item,Qty,Name\r\nacme-1001,0012,3,Zoë Łukasz\r\nacme-1001,A-2,1,Zoë Łukasz\r\n',
    )
  })

  it('has all fields by default', async () => {
    const { deliver, text } = world()
    await deliver()
    const [header, first] = text('acme-1001.csv').split('\r\n')
    expect(header).toMatch(
      /^reference,order_number,order_date,.*,line_id,sku,name,quantity,unit_price,row_total,discount,tax$/,
    )
    expect(first).toMatch(/^acme-1001,1001,2026-03-02,PO-7,USD,.*,1 Main St,Unit 2,Austin,TX,78701,US,555,/)
  })

  it('quotes what needs it, and leaves out lines that were withdrawn', async () => {
    const lines = [
      lineOf('1', 'A;1', { name: 'A "big"\nbox' }),
      lineOf('2', 'A-2', { quantityOrdered: decimal8('2', 'q'), quantityCanceled: decimal8('2', 'q') }),
    ]
    const { deliver, text } = world({
      'orders.columns': ['reference=reference', 'sku=sku', 'name=name', 'quantity=quantity'],
      'orders.delimiter': ';',
      'orders.header': false,
    })
    await deliver(order({ data: orderOf(lines) }))
    expect(text('acme-1001.csv')).toBe('acme-1001;"A;1";"A ""big"" box";1\r\n')
  })

  it('has the components of a bundle, or the bundle itself', async () => {
    const lines = [
      lineOf('1', 'SET', { productType: 'bundle', quantityOrdered: decimal8('2', 'q'), rowTotal: decimal4('20', 't') }),
      lineOf('2', 'A-1', { parentLineId: '1', quantityOrdered: decimal8('4', 'q'), rowTotal: decimal4('0', 't') }),
      lineOf('3', 'A-2', { parentLineId: '1', quantityOrdered: decimal8('2', 'q'), rowTotal: decimal4('0', 't') }),
    ]
    const columnsOfLine = ['reference=reference', 'sku=sku', 'quantity=quantity']
    const rows = async (bundles: string) => {
      const { deliver, text } = world({ 'orders.columns': columnsOfLine, 'orders.bundles': bundles })
      await deliver(order({ data: orderOf(lines) }))
      return text('acme-1001.csv').split('\r\n').slice(1, -1)
    }
    expect(await rows('components')).toEqual(['acme-1001,A-1,4', 'acme-1001,A-2,2'])
    expect(await rows('products')).toEqual(['acme-1001,SET,2'])
  })

  it('has the fields of the order map in the columns for them', async () => {
    const mapped = [...columns, 'Dock=order.dock', 'Gift=line.gift']
    const { deliver, text } = world({ 'orders.columns': mapped })
    await deliver(order({ fields: { dock: '"7"', 'line.1.gift': '"yes"' } }))
    expect(text('acme-1001.csv').split('\r\n').slice(1, 3)).toEqual([
      'acme-1001,0012,3,Zoë Łukasz,7,yes',
      'acme-1001,A-2,1,Zoë Łukasz,7,',
    ])
  })

  it.each([
    [{ dock: '"7"' }, 'orderMap.fields: dock has no column; add it to orders.columns'],
    [{ 'line.1.gift': '"7"' }, 'orderMap.fields: line.gift has no column'],
    [{ quantity: '7' }, 'orderMap.fields: quantity is written by Waldstream itself'],
    [{ 'line.1.sku': '"X"' }, 'orderMap.fields: line.sku is written by Waldstream itself'],
  ])('is not written with the fields %j', async (fields, message) => {
    const { deliver, list } = world({ 'orders.columns': columns })
    await expect(deliver(order({ fields }))).rejects.toMatchObject({
      code: 'mapping_failed',
      message: expect.stringContaining(message),
    })
    expect(list()).toEqual([])
  })

  it('has the numbers and truths of the order map as they are, and no list that would be lost', async () => {
    const mapped = [...columns, 'Dock=order.dock', 'Gift=line.gift']
    const { deliver, text } = world({ 'orders.columns': mapped })
    await deliver(order({ fields: { dock: '7.10', 'line.1.gift': 'true' } }))
    expect(text('acme-1001.csv').split('\r\n')[1]).toBe('acme-1001,0012,3,Zoë Łukasz,7.10,true')
    await expect(deliver(order({ fields: { dock: '[1,2]' } }, '1002'))).rejects.toMatchObject({
      code: 'mapping_failed',
      field: 'orderMap.fields.dock',
    })
  })

  it('has a safe name of its own for every order number', async () => {
    const { deliver, list } = world()
    for (const key of ['10/1', '10%2F1', '..', 'ä']) await deliver(order({}, key))
    expect(list()).toHaveLength(4)
    expect(list()).toContain('acme-10%2F1.csv')
  })
})

describe('the file of an order in another format', () => {
  const mapped = [...columns, 'Price=unit_price', 'Dock=order.dock', 'Gift=line.gift']
  const named = mapped.map((one) => one.replace('PO Number', 'PO_Number'))
  const event = order({ fields: { dock: '7.10', 'line.1.gift': JSON.stringify('<a> & \u0001b') } })

  it('JSON is one document, with its lines in a list and every digit of its numbers', async () => {
    const { deliver, list, text } = world({
      'orders.format': 'json',
      'orders.columns': mapped,
      'orders.names.lines': 'items',
    })
    await deliver(event)
    expect(list()).toEqual(['acme-1001.json'])
    expect(text('acme-1001.json')).toBe(
      '{"PO Number":"acme-1001","Name":"Zoë Łukasz","Dock":7.10,"items":[' +
        '{"Item":"0012","Qty":3,"Price":10,"Gift":"<a> & \\u0001b"},{"Item":"A-2","Qty":1,"Price":10,"Gift":null}]}\n',
    )
  })

  it('JSON Lines have an object for each line', async () => {
    const { deliver, text } = world({ 'orders.format': 'jsonl', 'orders.columns': columns })
    await deliver()
    expect(text('acme-1001.jsonl').split('\n')).toEqual([
      '{"PO Number":"acme-1001","Item":"0012","Qty":3,"Name":"Zoë Łukasz"}',
      '{"PO Number":"acme-1001","Item":"A-2","Qty":1,"Name":"Zoë Łukasz"}',
      '',
    ])
  })

  it('XML has an element for the order, its columns and its lines', async () => {
    const { deliver, text } = world({
      'orders.format': 'xml',
      'orders.columns': named.filter((one) => !one.startsWith('Dock')),
      'orders.names.order': 'PurchaseOrder',
      'orders.names.lines': 'Items',
      'orders.names.line': 'Item',
    })
    await deliver(order({ fields: { 'line.1.gift': JSON.stringify('<a> & \u0001b') } }))
    expect(text('acme-1001.xml')).toBe(
      '<?xml version="1.0" encoding="UTF-8"?>\n<PurchaseOrder><PO_Number>acme-1001</PO_Number><Name>Zoë Łukasz</Name>' +
        '<Items><Item><Item>0012</Item><Qty>3</Qty><Price>10</Price><Gift>&lt;a&gt; &amp;  b</Gift></Item>' +
        '<Item><Item>A-2</Item><Qty>1</Qty><Price>10</Price><Gift></Gift></Item></Items></PurchaseOrder>\n',
    )
  })

  const places = { 'PO Number': '1+12', Item: '13+6', Qty: '19+5 zeros', Price: '24+6 right', Name: '31+12' }
  const fixed = {
    'orders.format': 'fixed',
    'orders.columns': [...columns, 'Price=unit_price'],
    'orders.places': places,
  }

  it('fixed width has each value in its place', async () => {
    const { deliver, text } = world(fixed)
    await deliver()
    expect(text('acme-1001.txt')).toBe(
      'acme-1001   0012  00003    10 Zoë Łukasz  \r\nacme-1001   A-2   00001    10 Zoë Łukasz  \r\n',
    )
  })

  it('fixed width cuts off nothing: a value that is too long fails the order, with its column and limit', async () => {
    const { deliver, list } = world({ ...fixed, 'orders.places': { ...places, Name: '31+8' } })
    await expect(deliver()).rejects.toMatchObject({
      code: 'value_too_large',
      field: 'Name',
      message: expect.stringContaining('order 1001, line 1: Name has 10 characters, more than the 8 of its place'),
    })
    expect(list()).toEqual([])
  })
})

describe('an order is sent once', () => {
  it('also if the vendor takes the file away at once', async () => {
    const { deliver, fetch, list } = world()
    await deliver()
    expect(fetch()).toHaveLength(1)
    expect(await deliver()).toEqual({ outcome: 'unchanged', targetId: 'orders/acme-1001.csv' })
    expect(list()).toEqual([])
  })

  it('whatever step its process dies at, with a vendor that takes files away at once', async () => {
    const steps = world()
    await steps.deliver()
    expect(steps.calls.seen).toBeGreaterThan(3)
    for (let step = 1; step <= steps.calls.seen; step += 1) {
      for (const after of [false, true]) {
        const { calls, deliver, fetch } = world()
        Object.assign(calls, { left: step, after })
        await expect(deliver()).rejects.toThrow('the process dies')
        const got = fetch()
        await deliver()
        expect([...got, ...fetch()], `step ${step}, ${after ? 'after' : 'before'} it`).toHaveLength(1)
      }
    }
  })

  it('with its newest content, if the process died before it was sent', async () => {
    const { calls, deliver, fetch } = world({ 'orders.columns': columns })
    calls.left = 4
    await expect(deliver()).rejects.toThrow('the process dies')
    await deliver(withQuantity('9'))
    expect(fetch()).toEqual([expect.stringContaining('acme-1001,0012,9')])
  })

  it('under a mark that was lost: the file that is there is its own', async () => {
    const { deliver, folder, own, list } = world()
    await deliver()
    rmSync(join(folder, '.waldstream'), { recursive: true })
    expect(await deliver()).toMatchObject({ outcome: 'unchanged' })
    expect(own()).toEqual(['acme-1001.sent'])
    expect(list()).toHaveLength(1)
  })

  it('but not over the file of somebody else', async () => {
    const { deliver, put, text } = world()
    put('acme-1001.csv', 'not ours')
    await expect(deliver()).rejects.toMatchObject({ code: 'target_conflict' })
    expect(text('acme-1001.csv')).toBe('not ours')
  })

  it('also when the template of the names changes', async () => {
    const { root, deliver, fetch } = world()
    await deliver()
    fetch()
    const later = world({ 'orders.file': 'PO-{reference}.csv' }, root)
    expect(await later.deliver()).toMatchObject({ outcome: 'unchanged' })
    expect(later.list()).toEqual([])
  })
})

describe('an order that changes', () => {
  it('is unchanged if its file would be the same', async () => {
    const { deliver } = world({ 'orders.columns': columns })
    await deliver()
    const data = { ...order().data, status: 'complete' }
    expect(await deliver(order({ data, contentDigest: 'other' }))).toMatchObject({ outcome: 'unchanged' })
  })

  it.each([
    ['changed', withQuantity('2')],
    ['is canceled', order({ canceled: true })],
    ['is on hold', order({ held: true })],
  ])('after it was sent is left to people: it %s', async (what, event) => {
    const { deliver, fetch } = world()
    await deliver()
    fetch()
    await expect(deliver(event)).rejects.toMatchObject({
      code: 'target_conflict',
      message: expect.stringContaining(`order 1001 ${what} in the shop, but its file was sent`),
    })
    expect(fetch()).toEqual([])
  })

  it('before it was sent is not sent: canceled, on hold', async () => {
    const { deliver, list } = world()
    expect(await deliver(order({ canceled: true }))).toEqual({ outcome: 'unchanged', targetId: null })
    await expect(deliver(order({ held: true }))).rejects.toMatchObject({ code: 'order_not_ready' })
    expect(list()).toEqual([])
    expect(await deliver()).toMatchObject({ outcome: 'written' })
  })

  it('by a new one in its place is left to people, if it was sent', async () => {
    const { deliver, list } = world()
    await deliver()
    const data = { ...order().data, amends: '1001' }
    await expect(deliver(order({ data }, '1001-1'))).rejects.toMatchObject({ code: 'target_conflict' })
    expect(list()).toEqual(['acme-1001.csv'])
  })
})

describe('an order that changes after it was sent, with a file for that', () => {
  const LATER = {
    'orders.columns': columns,
    'orders.changes.file': 'CHANGE-{reference}-{version}.csv',
    'orders.cancellations.file': 'CANCEL-{reference}.csv',
  }
  const quantities = (texts: readonly string[]) => texts.map((one) => one.split('\r\n')[1]?.split(',')[2] ?? null)

  it('is sent as a whole for each change, also back to what it was, and once each', async () => {
    const { deliver, list, text, own } = world(LATER)
    await deliver(withQuantity('3'))
    for (const [quantity, version] of [
      ['4', 1],
      ['5', 2],
      ['3', 3],
    ] as const) {
      const name = `CHANGE-acme-1001-${version}.csv`
      expect(await deliver(withQuantity(quantity))).toEqual({
        outcome: 'written',
        targetId: 'orders/acme-1001.csv',
        note: `change ${version} is in orders/${name}`,
      })
      expect(text(name)).toBe(`PO Number,Item,Qty,Name\r\nacme-1001,0012,${quantity},Zoë Łukasz\r\n`)
      expect(await deliver(withQuantity(quantity))).toEqual({ outcome: 'unchanged', targetId: 'orders/acme-1001.csv' })
    }
    expect(list()).toHaveLength(4)
    expect(own().filter((name) => name.endsWith('.waiting'))).toEqual([])
  })

  it('is canceled once, and its cancellation says only which order it is', async () => {
    const { deliver, fetch, text } = world(LATER)
    await deliver()
    fetch()
    expect(await deliver(canceled())).toEqual({
      outcome: 'written',
      targetId: 'orders/acme-1001.csv',
      note: 'the cancellation is in orders/CANCEL-acme-1001.csv',
    })
    expect(text('CANCEL-acme-1001.csv')).toBe('PO Number\r\nacme-1001\r\n')
    fetch()
    expect(await deliver(canceled())).toMatchObject({ outcome: 'unchanged' })
    expect(fetch()).toEqual([])
  })

  it.each([
    ['json', '{"PO":"acme-1001","lines":[]}\n'],
    ['jsonl', '{"PO":"acme-1001"}\n'],
    ['xml', '<?xml version="1.0" encoding="UTF-8"?>\n<order><PO>acme-1001</PO><lines></lines></order>\n'],
  ])('is canceled in %s', async (format, content) => {
    const { deliver, text } = world({
      ...LATER,
      'orders.format': format,
      'orders.columns': ['PO=reference', 'Item=sku', 'Qty=quantity'],
    })
    await deliver()
    await deliver(canceled())
    expect(text('CANCEL-acme-1001.csv')).toBe(content)
  })

  it('is left to people if only the other is set, on hold, or open again', async () => {
    const conflict = { code: 'target_conflict' }
    const changesOnly = world({ ...LATER, 'orders.cancellations.file': undefined })
    await changesOnly.deliver()
    await expect(changesOnly.deliver(canceled())).rejects.toMatchObject(conflict)
    const cancellationsOnly = world({ ...LATER, 'orders.changes.file': undefined })
    await cancellationsOnly.deliver()
    await expect(cancellationsOnly.deliver(withQuantity('9'))).rejects.toMatchObject(conflict)
    const both = world(LATER)
    await both.deliver()
    await expect(both.deliver(order({ held: true }))).rejects.toMatchObject(conflict)
    await both.deliver(canceled())
    await expect(both.deliver()).rejects.toMatchObject({ ...conflict, message: expect.stringContaining('open again') })
    expect(both.list()).toEqual(['CANCEL-acme-1001.csv', 'acme-1001.csv'])
  })

  it('before it was sent is withdrawn, without a file', async () => {
    const { deliver, list } = world(LATER)
    expect(await deliver(canceled())).toEqual({ outcome: 'unchanged', targetId: null })
    expect(list()).toEqual([])
    await deliver(withQuantity('4'))
    await deliver(withQuantity('5'))
    expect(list()).toEqual(['CHANGE-acme-1001-1.csv', 'acme-1001.csv'])
  })

  it('by a new one in its place: that is sent after the cancellation', async () => {
    const { deliver, list } = world(LATER)
    await deliver()
    const data = { ...order().data, amends: '1001' }
    await expect(deliver(order({ data }, '1001-1'))).rejects.toMatchObject({ code: 'original_open' })
    await deliver(canceled())
    expect(await deliver(order({ data }, '1001-1'))).toMatchObject({ outcome: 'written' })
    expect(list()).toEqual(['CANCEL-acme-1001.csv', 'acme-1001.csv', 'acme_1001-1.csv'])
  })

  it('is the same for settings that are removed later', async () => {
    const { root, deliver } = world(LATER)
    await deliver(withQuantity('3'))
    await deliver(withQuantity('4'))
    const later = world({ 'orders.columns': columns }, root)
    expect(await later.deliver(withQuantity('4'))).toMatchObject({ outcome: 'unchanged' })
    await expect(later.deliver(withQuantity('3'))).rejects.toMatchObject({ code: 'target_conflict' })
    await deliver(canceled())
    expect(await later.deliver(canceled())).toMatchObject({ outcome: 'unchanged' })
  })

  it('whatever step its process dies at: each file once, in order, and none of a content that is no longer so', async () => {
    const story = [withQuantity('3'), withQuantity('4'), withQuantity('3'), canceled()]
    const steps = world(LATER)
    for (const event of story) await steps.deliver(event)
    const { seen } = steps.calls
    expect(seen).toBeGreaterThan(15)
    for (let step = 1; step <= seen; step += 1) {
      for (const after of [false, true]) {
        const { calls, deliver, fetch } = world(LATER)
        Object.assign(calls, { left: step, after })
        const got: string[] = []
        for (const event of story) {
          await deliver(event).catch(async () => {
            got.push(...fetch())
            await deliver(event)
          })
          got.push(...fetch())
        }
        expect(quantities(got), `step ${step}, ${after ? 'after' : 'before'} it`).toEqual(['3', '4', '3', null])
      }
    }
  })

  it('dies before a change is sent, and changes again: the vendor gets the newest, or the cancellation alone', async () => {
    const counted = world(LATER)
    await counted.deliver(withQuantity('3'))
    const before = counted.calls.seen
    await counted.deliver(withQuantity('4'))
    const ofChange = counted.calls.seen - before
    for (const next of [withQuantity('9'), withQuantity('3'), canceled()]) {
      for (let step = 1; step < ofChange; step += 1) {
        const { calls, deliver, fetch, own } = world(LATER)
        await deliver(withQuantity('3'))
        fetch()
        Object.assign(calls, { left: step, after: false })
        await expect(deliver(withQuantity('4'))).rejects.toThrow('the process dies')
        const early = fetch()
        expect(early).toEqual([])
        await deliver(next)
        const back = next.canceled ? [null] : next.data.lines[0]?.quantityOrdered === decimal8('3', 'q') ? [] : ['9']
        expect(quantities(fetch()), `step ${step}`).toEqual(back)
        if (next.canceled) expect(own().filter((name) => name.endsWith('.waiting'))).toEqual([])
        await deliver(next)
        expect(fetch()).toEqual([])
      }
    }
  })
})
