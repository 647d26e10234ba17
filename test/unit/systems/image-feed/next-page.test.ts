import { describe, expect, it } from 'vitest'
import { nextLink, nextPageOf } from '../../../../src/systems/image-feed/next-page.ts'

const problem = (text: RegExp) => ({ problem: expect.stringMatching(text) })
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
  ])('says that there are more pages: %j', (around, next) => {
    expect(nextPageOf(around, 1)).toEqual(next)
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
    [{ total: '4000' }],
    [{ links: [{ rel: 'self', href: '/1' }] }],
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
