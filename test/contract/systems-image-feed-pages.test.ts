import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { readFeedAt } from '../worlds/served-feed.ts'

const row = (sku: string) => ({ sku, url: `https://c.test/${sku}.jpg` })

/** A server that answers each page by its number, and what each was asked with. */
async function servePages(
  answer: (page: number, response: ServerResponse, origin: string) => void,
  asked: IncomingMessage[] = [],
): Promise<string> {
  const server = createServer((request, response) => {
    asked.push(request)
    const page = Number(new URL(request.url ?? '', 'http://x').searchParams.get('page') ?? 1)
    answer(page, response, origin())
  })
  const origin = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return origin()
}

const json = (response: ServerResponse, body: unknown, headers = {}) =>
  response.writeHead(200, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))

describe('a feed in pages', () => {
  it('is read whole by the addresses that its documents name', async () => {
    const origin = await servePages((page, response) =>
      json(response, { items: [row(`A${page}`)], page, pages: 3, next: page < 3 ? `/feed?page=${page + 1}` : null }),
    )
    const { images, failed } = await readFeedAt(`${origin}/feed`, { items: 'items' })
    expect([Object.keys(images), failed]).toEqual([['A1', 'A2', 'A3'], null])
  })

  it('is read whole by Link headers, in any format, and a wrong row is named with its page', async () => {
    const origin = await servePages((page, response, base) => {
      const link = page < 3 ? { link: `<${base}/feed?page=${page + 1}>; rel="next"` } : {}
      response
        .writeHead(200, { 'content-type': 'text/csv', ...link })
        .end(`sku,url\nA${page},${page === 2 ? 'x' : 'https://c.test/a.jpg'}\n`)
    })
    const { images, refused } = await readFeedAt(`${origin}/feed`, {})
    expect(Object.keys(images)).toEqual(['A1', 'A3'])
    expect(refused).toEqual({
      A2: expect.stringContaining('page 2, line 2, column "url": is not an http or https address'),
    })
  })

  it('is refused as a whole where a page fails, names itself, or goes on without an end', async () => {
    const broken = await servePages((page, response) => {
      if (page === 2) response.writeHead(500).end()
      else json(response, [row('A1')], { link: '</feed?page=2>; rel=next' })
    })
    expect((await readFeedAt(`${broken}/feed`, {})).failed).toMatchObject({ code: 'target_unavailable' })
    const circle = await servePages((page, response) => {
      json(response, [row('A1')], { link: `</feed?page=${page === 1 ? 2 : 1}>; rel=next` })
    })
    expect((await readFeedAt(`${circle}/feed?page=1`, {})).failed).toMatchObject({
      code: 'source_data_invalid',
      message: expect.stringContaining('in a circle'),
    })
    const endless = await servePages((page, response) => {
      json(response, [row('A1')], { link: `</feed?page=${page + 1}>; rel=next` })
    })
    expect((await readFeedAt(`${endless}/feed`, {})).failed?.message).toContain('more than 1000 pages')
  })

  it('is refused where it says that there is more, and not where', async () => {
    const origin = await servePages((_, response) => json(response, { items: [row('A1')], page: 1, total_pages: 40 }))
    const { failed } = await readFeedAt(`${origin}/feed`, { items: 'items' })
    expect(failed).toMatchObject({
      code: 'source_data_invalid',
      message: expect.stringContaining('it is page 1 of 40'),
    })
  })

  it('is refused where what lies on the way to its rows says that there is more', async () => {
    const products = { edges: [row('A1')], pageInfo: { hasNextPage: true } }
    const origin = await servePages((_, response) => json(response, { data: { shop: { catalog: { products } } } }))
    const { failed } = await readFeedAt(`${origin}/feed`, { items: 'data.shop.catalog.products.edges' })
    expect(failed?.message).toContain('it states that there is more')
  })

  it('is read whole by an address that is relative to its own', async () => {
    const origin = await servePages((page, response) => {
      const links = page < 3 ? [{ rel: ['Next'], href: `images?page=${page + 1}` }] : []
      json(response, { items: [row(`A${page}`)], links })
    })
    const { images, failed } = await readFeedAt(`${origin}/feeds/images`, { items: 'items' })
    expect([Object.keys(images), failed]).toEqual([['A1', 'A2', 'A3'], null])
  })

  it('is whole where its total is that of its records, those without an image too', async () => {
    const items = [row('A1'), row('A2'), { sku: 'A3', url: '' }]
    const answer = (total: number) => servePages((_, response) => json(response, { items, total }))
    const { images, failed } = await readFeedAt(`${await answer(3)}/feed`, { items: 'items' })
    expect([Object.keys(images), failed]).toEqual([['A1', 'A2'], null])
    const part = await readFeedAt(`${await answer(4)}/feed`, { items: 'items' })
    expect(part.failed?.message).toContain('it has 3 of 4 rows')
  })

  it.each([
    ['next', (address: string) => ({ next: address })],
    ['a link', (address: string) => ({ links: [{ rel: 'next', href: address }] })],
    ['a cursor', (address: string) => ({ next_cursor: address })],
  ])('is refused where %s is too long to be kept, whatever pieces it comes in', async (_, around) => {
    for (const size of [4001, 9000, 40_000]) {
      const asked: IncomingMessage[] = []
      const next = `/feed?page=2&cursor=${'x'.repeat(size)}`
      const origin = await servePages(
        (_page, response) => json(response, { items: [row('A1')], ...around(next) }),
        asked,
      )
      const { failed } = await readFeedAt(`${origin}/feed`, { items: 'items' })
      expect(failed).toMatchObject({ code: 'source_data_invalid', message: expect.stringContaining('next page') })
      expect(asked).toHaveLength(1)
    }
  })

  it('is whole where another text around its rows is long', async () => {
    const origin = await servePages((_, response) =>
      json(response, { about: 'x'.repeat(9000), items: [row('A1')], more: 'x'.repeat(9000), page: 'x'.repeat(9000) }),
    )
    const { images, failed } = await readFeedAt(`${origin}/feed`, { items: 'items' })
    expect([Object.keys(images), failed]).toEqual([['A1'], null])
  })

  describe.each([
    ['Link headers', (next: string) => [{ link: `<${next}>; rel="next"` }, {}]],
    ['its documents', (next: string) => [{}, { next }]],
  ])('whose pages are named by %s', (_, naming) => {
    const servePaged = (around: (page: number) => object) =>
      servePages((page, response) => {
        const [headers, named] = page < 3 ? naming(`/feed?page=${page + 1}`) : [{}, {}]
        json(response, { items: [row(`A${page}`)], ...around(page), ...named }, headers)
      })

    it.each([
      ['pages that are counted from 0', (page: number) => ({ page: page - 1, totalPages: 3 })],
      ['a total without an offset', () => ({ total: 3 })],
      ['a total that is higher, as of what has no image', (page: number) => ({ total: 9, limit: 3, offset: page * 2 })],
    ])('is whole on the page that names no other one, for %s', async (_numbers, around) => {
      const { images, failed } = await readFeedAt(`${await servePaged(around)}/feed`, { items: 'items' })
      expect([Object.keys(images), failed]).toEqual([['A1', 'A2', 'A3'], null])
    })

    it('is refused where its last page says that there is more', async () => {
      const origin = await servePaged(() => ({ has_more: true }))
      const { failed } = await readFeedAt(`${origin}/feed`, { items: 'items' })
      expect(failed?.message).toContain('it states that there is more')
    })
  })

  describe('of XML', () => {
    const item = (sku: string) => `<item><sku>${sku}</sku><url>https://c.test/${sku}.jpg</url></item>`
    const serveXml = (document: (page: number) => string) =>
      servePages((page, response) =>
        response.writeHead(200, { 'content-type': 'application/xml' }).end(`<?xml version="1.0"?>${document(page)}`),
      )

    it.each([
      ['a link', '', (url: string) => `<link rel="self" href="/feed"/><link rel="next" href="${url}"/>`],
      ['a link with a prefix', 'feed.item', (url: string) => `<atom:link href='${url}' rel='Next'></atom:link>`],
      ['an element', '', (url: string) => `<next>\n ${url.replace('&', '&amp;')} </next>`],
      ['an element with attributes', 'feed.item', (url: string) => `<next type="text/xml"><![CDATA[${url}]]></next>`],
      ['its object of pages', 'feed.item', (url: string) => `<pagination><next_url>${url}</next_url></pagination>`],
      ['its object of pages beside rows', '', (url: string) => `<links><next href="${url}"/></links>`],
    ])('is read whole by %s (items: "%s")', async (_, items, naming) => {
      const origin = await serveXml((page) => {
        const around = page < 3 ? naming(`feed?page=${page + 1}`) : '<next/>'
        return `<feed xmlns:atom="http://www.w3.org/2005/Atom">${item(`A${page}`)}${item(`B${page}`)}${around}</feed>`
      })
      const { images, failed } = await readFeedAt(`${origin}/feed`, items === '' ? {} : { items })
      expect([Object.keys(images), failed]).toEqual([['A1', 'A2', 'A3', 'B1', 'B2', 'B3'], null])
    })

    it.each([
      ['', (rows: string) => `<feed page="1" pages="40">${rows}</feed>`, 'page 1 of 40'],
      ['', (rows: string) => `<feed><page>1</page><pages>40</pages>${rows}</feed>`, 'page 1 of 40'],
      [
        '',
        (rows: string) => `<feed>${rows}<paging><has_more type="boolean">true</has_more></paging></feed>`,
        'is more',
      ],
      ['', (rows: string) => `<feed>${rows}<link rel="next"/></feed>`, 'without an address'],
      ['', (rows: string) => `<feed>${rows}<next>${'x'.repeat(5000)}</next></feed>`, 'too long'],
      ['feed.item', (rows: string) => `<feed total="50">${rows}</feed>`, '2 of 50 rows'],
      ['feed.a.b.item', (rows: string) => `<feed><a><b pages="40" page="1">${rows}</b></a></feed>`, 'page 1 of 40'],
      [
        'rss.channel.item',
        (rows: string) => `<rss><channel>${rows}<s:totalResults>50</s:totalResults></channel></rss>`,
        '2 of 50 rows',
      ],
    ])('is refused where it says that there is more (items: "%s", case %#)', async (items, document, problem) => {
      const origin = await serveXml(() => document(`${item('A1')}${item('A2')}`))
      const { failed } = await readFeedAt(`${origin}/feed`, items === '' ? {} : { items })
      expect(failed).toMatchObject({ code: 'source_data_invalid', message: expect.stringContaining(problem) })
    })

    it.each([
      ['', (rows: string) => `<feed page="1" pages="1" total="2">${rows}<next/></feed>`],
      ['', (rows: string) => `<feed>${rows}<next xsi:nil="true" type="url"/><last>false colours</last></feed>`],
      ['', (rows: string) => `<feed>${rows}<link>https://c.test/</link><count>50</count></feed>`],
      ['', (rows: string) => `<feed>${rows}<paging><has_more type="boolean">false</has_more></paging></feed>`],
      ['', (rows: string) => `<feed>${rows.replaceAll('</sku>', '</sku><page>1</page><pages>40</pages>')}</feed>`],
      [
        '',
        (rows: string) =>
          `<pages>${rows.replaceAll('item>', 'page>').replaceAll('</sku>', '</sku><total>9</total>')}</pages>`,
      ],
      ['feed.item', (rows: string) => `<feed>${rows}<shop><total>50</total><next>/autumn</next></shop></feed>`],
      ['feed.item', (rows: string) => `<feed>${rows.replaceAll('</sku>', '</sku><next>/2</next>')}</feed>`],
    ])('is whole where nothing says that there is more (items: "%s", case %#)', async (items, document) => {
      const origin = await serveXml(() => document(`${item('A1')}${item('A2')}`))
      const { images, failed } = await readFeedAt(`${origin}/feed`, items === '' ? {} : { items })
      expect([Object.keys(images), failed]).toEqual([['A1', 'A2'], null])
    })
  })

  it('sends its secrets to its own server alone', async () => {
    const elsewhere: IncomingMessage[] = []
    const own: IncomingMessage[] = []
    const other = await servePages((_, response) => json(response, [row('A2')]), elsewhere)
    const origin = await servePages((page, response) => {
      const next = page === 1 ? '/feed?page=2' : `${other}/feed`
      json(response, [row('A1')], { link: `<${next}>; rel=next` })
    }, own)
    await readFeedAt(`${origin}/feed`, {}, { 'header.X-Key': 'env:KEY' })
    expect(own.map(({ headers }) => headers['x-key'])).toEqual(['secret', 'secret'])
    expect(elsewhere.map(({ headers }) => headers['x-key'])).toEqual([undefined])
  })
})
