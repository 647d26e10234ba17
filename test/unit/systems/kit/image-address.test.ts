import { describe, expect, it } from 'vitest'
import { imageAddressOf } from '../../../../src/systems/kit/image-address.ts'

describe('the address of an image', () => {
  it.each([
    ['https://c.test', 'https://c.test/'],
    ['https://c.test/@user:a/b@2x.jpg', 'https://c.test/@user:a/b@2x.jpg'],
    ['HTTP://C.test:80/A/../b%20c.jpg?x=1#y', 'http://c.test/b%20c.jpg?x=1#y'],
    ['https://c.test/gräßlich.jpg', 'https://c.test/gr%C3%A4%C3%9Flich.jpg'],
    ['https://bücher.test/a.jpg', 'https://xn--bcher-kva.test/a.jpg'],
    ['https://resize.test/fetch/https://c.test/a.jpg', 'https://resize.test/fetch/https://c.test/a.jpg'],
    ['https://resize.test/?url=http://c.test/a.jpg', 'https://resize.test/?url=http://c.test/a.jpg'],
  ])('is published in its normal form: %s', (cell, url) => {
    expect(imageAddressOf(cell)).toEqual({ url })
  })

  it.each([
    ['a.jpg', /not an http or https/],
    ['//c.test/a.jpg', /not an http or https/],
    ['http:/c.test/a.jpg', /not an http or https/],
    ['https:///c.test/a.jpg', /not an http or https/],
    ['https://c.test:port/a.jpg', /not an http or https/],
    ['file:///etc/passwd', /not an http or https/],
    ['https://c.test/my photo.jpg', /a blank/],
    ['https://c.test/my\u00a0photo.jpg', /a blank/],
    ['https://c.test/a\tb.jpg', /a control character/],
    ['https://c.test/a.jpg\u200b', /a control character/],
    ['https://c.test/a\ud800.jpg', /a control character/],
    ['https://c.test\\a.jpg', /one of/],
    ['<https://c.test/a.jpg>', /not an http or https/],
    ['https://c.test/a.jpg">', /one of/],
    ['https://c.test/1.jpg, https://c.test/2.jpg', /several addresses/],
    ['https://c.test/1.jpg|HTTP://c.test/2.jpg', /several addresses/],
    ['https://c.test/1.jpghttps://c.test/2.jpg', /several addresses/],
    ['https://user:pass@c.test/a.jpg', /^contains a user name or password$/],
    ['https://user@c.test/a.jpg', /^contains a user name or password$/],
    ['HTTP://:pass@c.test/a.jpg', /^contains a user name or password$/],
    [`https://c.test/${'a'.repeat(8000)}`, /more than 8000 characters/],
  ])('is none of %j', (cell, problem) => {
    expect(imageAddressOf(cell)).toEqual({ problem: expect.stringMatching(problem) })
  })
})
