import { describe, expect, it } from 'vitest'
import { nextLink, nextPageOf } from '../../../../src/systems/image-feed/next-page.ts'

const problem = (text: RegExp) => expect.objectContaining({ problem: expect.stringMatching(text) })
const address = (text: string) => ({ address: text })
const NEXT = 'https://c.test/?page=2'

describe('what surrounds the rows of JSON', () => {
  it.each([
    [{ next: NEXT }, address(NEXT)],
    [{ links: { next: '/feed?page=2', prev: null } }, address('/feed?page=2')],
    [{ _links: { next: { href: '?page=2' } } }, address('?page=2')],
    [
      {
        links: [
          { rel: 'self', href: '/1' },
          { rel: 'next', href: '/2' },
        ],
      },
      address('/2'),
    ],
    [{ '@odata.nextLink': NEXT }, address(NEXT)],
    [{ meta: { next_page_url: NEXT } }, address(NEXT)],
    [{ next: '2' }, problem(/next page/)],
    [{ meta: { next_cursor: 'abc' } }, problem(/next page/)],
    [{ nextPageToken: 'abc' }, problem(/next page/)],
    [{ has_more: true }, problem(/there is more/)],
    [{ pageInfo: { hasNextPage: true, endCursor: 'x' } }, problem(/there is more/)],
    [{ last: false, number: '0', totalPages: '3' }, problem(/not the last/)],
    [{ page: '1', total_pages: '40' }, problem(/page 1 of 40/)],
    [{ pagination: { current_page: '2', last_page: '3' } }, problem(/page 2 of 3/)],
    [{ page: '1', pages: '3' }, problem(/page 1 of 3/)],
    [{ total: '4000', limit: '100', offset: '0' }, problem(/1 of 4000 rows/)],
    [{ meta: { total: '4000', per_page: '100', page: '2' } }, problem(/1 of 4000 rows/)],
    [{ links: [{ rel: 'next', href: 'p2.json' }] }, address('p2.json')],
    [{ links: [{ rel: 'Next', href: '/2' }] }, address('/2')],
    [{ links: [{ rel: ['next'], href: '/2' }] }, address('/2')],
    [{ links: [{ rel: 'last NEXT', href: '/2' }] }, address('/2')],
    [{ link: [{ relation: 'next', url: '/2' }] }, address('/2')],
    [{ link: { rel: 'next', href: '/2' } }, address('/2')],
    [{ links: [{ rel: 'next' }] }, problem(/next page .* without an address/)],
    [{ links: [{ rel: 'next', href: 'javascript:more()' }] }, problem(/next page .* without an address/)],
    [{ links: [{ rel: 'next', href: { page: '2' } }] }, problem(/next page .* without an address/)],
    [{ next: 'p2.json' }, address('p2.json')],
    [{ next: 'feed?page=2' }, address('feed?page=2')],
    [{ next: '../feed/2' }, address('../feed/2')],
    [{ next_page_url: 'feed/2' }, address('feed/2')],
    [{ next: { href: null, cursor: 'abc' } }, problem(/next page/)],
    [{ has_more: true, links: { next: '/2' } }, address('/2')],
    [{ has_more: '1' }, problem(/there is more/)],
    [{ has_more: 'yes' }, problem(/there is more/)],
    [{ has_more: 'True' }, problem(/there is more/)],
    [{ more: 'YES' }, problem(/there is more/)],
    [{ last: 'false' }, problem(/not the last/)],
    [{ last: 'No' }, problem(/not the last/)],
    [{ is_last_page: '0' }, problem(/not the last/)],
    [{ page: '1 of 40' }, problem(/page 1 of 40/)],
    [{ page: 'Page 1/40' }, problem(/page 1 of 40/)],
    [{ pagination: { pages: '40' } }, problem(/page \? of 40/)],
    [{ total: '100' }, problem(/1 of 100 rows/)],
    [{ hits: { total: { value: '100', relation: 'eq' } } }, problem(/1 of 100 rows/), ['hits']],
    [
      { data: { shop: { products: { pageInfo: { hasNextPage: true } } } } },
      problem(/more/),
      ['data', 'shop', 'products'],
    ],
  ])('says that there are more pages: %j', (around, next, envelope: string[] = []) => {
    expect(nextPageOf(around, 1, envelope)).toEqual(next)
  })

  it.each([
    [null],
    [{}],
    [{ next: null, page: '39', total_pages: '40' }],
    [{ next: '', has_more: false }],
    [{ page: '40', total_pages: '40' }],
    [{ last: true, number: '2', totalPages: '3' }],
    [{ total: '300', limit: '1000' }],
    [{ total: '101', limit: '100', offset: '100' }],
    [{ catalog: { pages: '120' } }],
    [{ total: '1' }],
    [{ total: '4000.50' }],
    [{ count: '4000' }],
    [{ links: [{ rel: 'self', href: '/1' }] }],
    [{ links: [{ rel: 'nextish', href: '/1' }] }],
    [{ links: [{ rel: 'next', href: null }] }],
    [{ _links: { next: { href: '' } }, page: '39', total_pages: '40' }],
    [{ links: { first: '/1', last: '/1', prev: null, next: null } }],
    [{ meta: { last: '/9', last_page: '1' } }],
    [{ last: '2026-11-29', page: 'home', more: 'https://c.test/about' }],
    [{ has_more: 'No', next: 'none' }],
    [{ has_more: '0', page: '0', total_pages: '5' }],
    [{ shop: { total: '4000', page: '1', pages: '40', next: 'https://c.test/autumn', last: false, more: true } }],
    [{ categories: [{ total: '4000', next: '/c/2', has_more: true }] }],
    [{ currency: { total: '4000' }, reviews: { has_more: true, next_cursor: 'abc' } }],
  ])('says nothing of more pages: %j', (around) => {
    expect(nextPageOf(around, 1)).toBeNull()
  })
})

describe('a Link header', () => {
  it.each([
    ['<https://c.test/2>; rel="next"', 'https://c.test/2'],
    ['<https://c.test/1>; rel="prev", </2>; title="a, b"; rel=next', '/2'],
    ['</9>; rel="last", </2>; rel="next foo"', '/2'],
    ['</2>; rel="nextish"', null],
    ['</1>; rel=prev', null],
    [null, null],
    ['<'.repeat(100_000), null],
  ])('names the next page: %j', (header, next) => {
    expect(nextLink(header)).toBe(next)
  })
})
