import { beforeEach, describe, expect, it } from 'vitest'
import { firstDetail, type Json, startAccount, type TestAccount } from './support.ts'

const iso = 'YYYY-MM-DD HH24:MI:SS'
let account: TestAccount
beforeEach(async () => {
  account = await startAccount()
})

describe('SuiteQL answers', () => {
  it('gives text only, lower-case keys, no nulls and a link list per row', async () => {
    const { status, body } = await account.query(
      `SELECT i.ItemId AS SKU, i.weight, i.isinactive, COUNT(*) AS N FROM item i
       WHERE i.itemid IN (?, 'ACME-2') GROUP BY i.id ORDER BY i.itemid`,
      ['ACME-1'],
    )
    expect(status).toBe(200)
    expect(body['items']).toEqual([
      { links: [], sku: 'ACME-1', weight: '1', isinactive: 'F', n: '1' },
      { links: [], sku: 'ACME-2', isinactive: 'F', n: '1' },
    ])
  })

  it('knows the vendor’s simple products only, with prices, custom fields and the whole description', async () => {
    const rows = await account.rows(
      `SELECT i.itemid, i.itemtype, i.displayname, i.description, i.custitem_color, p.price, p.pricelevelname
       FROM item i JOIN itemprice p ON p.item = i.id WHERE p.pricelevelname = 'Base Price' ORDER BY i.itemid`,
    )
    expect(rows.map(({ itemid, price }) => [itemid, price])).toEqual([
      ['ACME-1', '52.1'],
      ['ACME-2', '19.99'],
      ['ACME-3', '5'],
      ['ACME-4', '12.5'],
    ])
    expect(rows[0]).toEqual({
      itemid: 'ACME-1',
      itemtype: 'InvtPart',
      displayname: 'Hoodie, gray',
      description: '<p>Warm</p>\n<p>and dry</p>',
      custitem_color: 'Gray',
      price: '52.1',
      pricelevelname: 'Base Price',
    })
  })

  it('splits the catalog’s quantity over locations, whose names BUILTIN.DF shows', async () => {
    const rows = await account.rows(
      `SELECT i.itemid, BUILTIN.DF(l.location) AS place, loc.name, l.quantityonhand AS h, l.quantityavailable AS a
       FROM aggregateItemLocation l JOIN item i ON i.id = l.item JOIN location loc ON loc.id = l.location`,
    )
    const sums = new Map<unknown, number>()
    for (const { itemid, h, a, place, name } of rows) {
      sums.set(itemid, (sums.get(itemid) ?? 0) + Number(h))
      expect(Number(a)).toBeLessThanOrEqual(Number(h))
      expect(place).toBe(name)
    }
    expect([...sums].sort()).toEqual([
      ['ACME-1', 100],
      ['ACME-2', 7],
      ['ACME-3', 2.5],
      ['ACME-4', 0],
    ])
    expect(rows.length).toBeGreaterThanOrEqual(8)
  })

  it('pages with an envelope and refuses offsets between pages', async () => {
    const second = await account.query('SELECT itemid FROM item ORDER BY itemid', [], '?limit=3&offset=3')
    expect(second.body).toMatchObject({ count: 1, hasMore: false, offset: 3, totalResults: 4 })
    const first = await account.query('SELECT itemid FROM item ORDER BY itemid', [], '?limit=3')
    expect(first.body).toMatchObject({ count: 3, hasMore: true, offset: 0, totalResults: 4 })
    const links = first.body['links'] as { rel: string; href: string }[]
    expect(links.find(({ rel }) => rel === 'next')?.href).toMatch(/limit=3&offset=3$/)
    const between = await account.query('SELECT itemid FROM item', [], '?limit=3&offset=2')
    expect(between.status).toBe(400)
    expect(firstDetail(between)).toMatchObject({ 'o:errorCode': 'INVALID_PARAMETER', 'o:errorQueryParam': 'offset' })
    expect((await account.query('SELECT itemid FROM item', [], '?limit=1001')).status).toBe(400)
  })
})

describe('dates', () => {
  it('drops the time without TO_CHAR and gives account-local time with it', async () => {
    const [row] = await account.rows(
      `SELECT lastmodifieddate AS d, TO_CHAR(lastmodifieddate, '${iso}') AS t FROM item WHERE itemid = 'ACME-1'`,
    )
    const [date = '', time = ''] = String(row?.['t']).split(' ')
    const [year, month, day] = date.split('-').map(Number)
    expect(row?.['d']).toBe(`${month}/${day}/${year}`)
    expect(time).toMatch(/^\d\d:\d\d:\d\d$/)
    const state = (await account.control('GET', '/state')).body['items'] as Json[]
    const utc = new Date(String(state.find(({ itemId }) => itemId === 'ACME-1')?.['lastModifiedDate']))
    const local = utc.toLocaleString('sv-SE', { timeZone: 'America/Los_Angeles' })
    expect(row?.['t']).toBe(local)
  })

  it('finds all and only the rows of a window', async () => {
    const all = await account.rows(`SELECT itemid, TO_CHAR(lastmodifieddate, '${iso}') AS t FROM item ORDER BY 2, 1`)
    const from = String(all[1]?.['t'])
    const to = String(all[3]?.['t'])
    const window = await account.rows(
      `SELECT itemid FROM item WHERE lastmodifieddate >= TO_DATE(?, '${iso}') AND lastmodifieddate < TO_DATE(?, '${iso}')
       ORDER BY lastmodifieddate, itemid`,
      from,
      to,
    )
    const expected = all.filter(({ t }) => String(t) >= from && String(t) < to)
    expect(window).toEqual(expected.map(({ itemid }) => ({ itemid })))
    expect(window.length).toBeGreaterThan(0)
    expect(window.length).toBeLessThan(all.length)
  })

  it('walks all rows by keyset, ties included', async () => {
    await Promise.all(
      ['ACME-1', 'ACME-2', 'ACME-3'].map((id) => account.control('PATCH', `/items/${id}`, { mpn: 'x' })),
    )
    const seen: unknown[] = []
    let last = { t: '2026-01-01 00:00:00', id: '0' }
    for (;;) {
      const { body } = await account.query(
        `SELECT i.id, i.itemid, TO_CHAR(i.lastmodifieddate, '${iso}') AS t FROM item i
         WHERE (i.lastmodifieddate = TO_DATE(?, '${iso}') AND i.id > ?) OR i.lastmodifieddate > TO_DATE(?, '${iso}')
         ORDER BY i.lastmodifieddate, i.id`,
        [last.t, last.id, last.t],
        '?limit=1',
      )
      const [row] = body['items'] as { id: string; itemid: string; t: string }[]
      if (row === undefined) break
      seen.push(row.itemid)
      last = row
    }
    expect([...seen].sort()).toEqual(['ACME-1', 'ACME-2', 'ACME-3', 'ACME-4'])
  })

  it('matches nothing when a date is compared with plain text', async () => {
    expect(await account.rows("SELECT id FROM item WHERE lastmodifieddate > '2020-01-01 00:00:00'")).toEqual([])
  })
})

describe('what SuiteQL refuses', () => {
  it.each([
    ['SELECT zzz FROM item', "Field 'zzz' for record 'item' was not found. Reason: NOT_EXPOSED"],
    [
      'SELECT l.nope FROM item i JOIN aggregateItemLocation l ON l.item = i.id',
      "Field 'nope' for record 'aggregateItemLocation'",
    ],
    ['SELECT custitem_unknown FROM item', "Field 'custitem_unknown' for record 'item'"],
    ['SELECT id FROM itemimage', "Record 'itemimage' was not found."],
    ['SELECT id FROM sim_item', "Record 'sim_item' was not found."],
    ['SELECT name FROM sqlite_schema', "Record 'sqlite_schema' was not found."],
    ['SELECT id FROM item LIMIT 1', "unexpected 'LIMIT'"],
    ['DELETE FROM item', 'only SELECT is allowed'],
    ['PRAGMA table_list', 'only SELECT is allowed'],
    ['SELECT 1 FROM item; DELETE FROM item', "';' is not allowed"],
    ['SELECT id FROM item WHERE', 'Invalid or unsupported search'],
    [`SELECT id FROM item WHERE lastmodifieddate > TO_DATE('12.31.2026', 'YYYY-MM-DD')`, "Invalid date '12.31.2026'"],
    ['SELECT id FROM item WHERE id = ?', 'expects 1 parameter'],
  ])('%s', async (q, text) => {
    const answer = await account.query(q)
    expect(answer.status).toBe(400)
    expect(answer.body).toMatchObject({ title: 'Bad Request', status: 400 })
    expect(firstDetail(answer)['o:errorCode']).toBe('INVALID_PARAMETER')
    expect(firstDetail(answer)['detail']).toContain('Search error occurred: ')
    expect(firstDetail(answer)['detail']).toContain(text)
  })

  it('a call without Prefer: transient', async () => {
    const answer = await account.call('POST', '/query/v1/suiteql', { q: 'SELECT id FROM item' })
    expect(answer.status).toBe(400)
    expect(firstDetail(answer)).toMatchObject({ 'o:errorCode': 'INVALID_HEADER', 'o:errorHeader': 'Prefer' })
  })
})

describe('changes', () => {
  it('of stock move the location’s date and not the item’s', async () => {
    const dates = `SELECT TO_CHAR(i.lastmodifieddate, '${iso}') AS item, TO_CHAR(l.lastquantityavailablechange, '${iso}') AS stock
      FROM item i JOIN aggregateItemLocation l ON l.item = i.id WHERE i.itemid = 'ACME-2' ORDER BY l.location`
    const [before] = await account.rows(dates)
    const [place] = await account.rows(`SELECT BUILTIN.DF(location) AS n FROM aggregateItemLocation l
      JOIN item i ON i.id = l.item WHERE i.itemid = 'ACME-2' ORDER BY location`)
    const path = `/items/ACME-2/locations/${encodeURIComponent(String(place?.['n']))}`
    expect((await account.control('PUT', path, { quantityonhand: 41, quantityavailable: 40 })).status).toBe(200)
    const [after] = await account.rows(dates)
    expect(after?.['item']).toBe(before?.['item'])
    expect(String(after?.['stock']) > String(before?.['stock'])).toBe(true)
    expect(
      await account.rows(
        'SELECT quantityonhand AS h, quantityavailable AS a FROM aggregateItemLocation WHERE quantityonhand = 41',
      ),
    ).toEqual([{ h: '41', a: '40' }])
  })

  it('of an item move its date, and a deleted item is gone with its stock', async () => {
    const at = `SELECT TO_CHAR(lastmodifieddate, '${iso}') AS t, displayname AS n FROM item WHERE itemid = 'ACME-1'`
    const [before] = await account.rows(at)
    await account.control('PATCH', '/items/ACME-1', { displayname: 'New name', price: '60.05' })
    const [after] = await account.rows(at)
    expect(after?.['n']).toBe('New name')
    expect(String(after?.['t']) > String(before?.['t'])).toBe(true)
    expect((await account.control('PATCH', '/items/ACME-1', { colour: 'red' })).status).toBe(400)
    await account.control('DELETE', '/items/ACME-1')
    expect(await account.rows(at)).toEqual([])
    expect(await account.rows('SELECT COUNT(*) AS n FROM itemprice')).toEqual([{ n: '6' }])
  })
})
