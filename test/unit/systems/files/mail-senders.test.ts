import { describe, expect, it } from 'vitest'
import { isAccepted } from '../../../../src/systems/files/mail-senders.ts'

const senders = ['stock@acme.example', '@vendor.example']
const from = (...addresses: string[]) =>
  isAccepted({ from: addresses, results: [] }, { senders, authenticatedBy: null })

describe('a sender', () => {
  it.each([['stock@acme.example'], ['Stock@ACME.example'], ['anyone@vendor.example']])('is accepted: %s', (address) => {
    expect(from(address)).toBe(true)
  })

  it.each([
    [[]],
    [['']],
    [['other@acme.example']],
    [['stock@acme.example.evil.example']],
    [['stock@evil.example']],
    [['x@sub.vendor.example']],
    [['x@evilvendor.example']],
    [['stock@acme.example', 'evil@else.example']],
    [['stock@acme.example@else.example']],
  ])('is not accepted: %j', (addresses) => {
    expect(from(...addresses)).toBe(false)
  })
})

const proven = (...results: string[]) =>
  isAccepted({ from: ['stock@acme.example'], results }, { senders, authenticatedBy: 'mx.shop.example' })

describe('a sender that has to be proven', () => {
  it.each([
    ['mx.shop.example; dmarc=pass header.from=acme.example'],
    ['mx.shop.example 1; spf=fail smtp.mailfrom=x.example; dmarc=pass (p=reject) header.from=ACME.example'],
    ['MX.shop.example; dkim=pass header.d=acme.example header.s=a'],
    ['mx.shop.example; dkim=fail header.d=acme.example; dkim=pass (1024-bit; (nested)) header.i=@acme.example'],
    ['mx.shop.example; dkim=pass reason="good; (fine)" header.d=acme.example'],
  ])('is: %s', (result) => {
    expect(proven(result)).toBe(true)
  })

  it.each([
    [''],
    ['mx.shop.example; none'],
    ['mx.shop.example; spf=pass smtp.mailfrom=acme.example'],
    ['mx.shop.example; dmarc=fail header.from=acme.example'],
    ['mx.shop.example; dmarc=pass header.from=evil.example'],
    ['mx.shop.example; dmarc=pass'],
    ['mx.shop.example; dkim=pass header.d=evil.example'],
    ['mx.shop.example; dkim=pass header.d=example'],
    ['mx.shop.example; dkim=pass header.i=acme.example@evil.example'],
    ['mx.evil.example; dmarc=pass header.from=acme.example'],
    ['evil (mx.shop.example); dmarc=pass header.from=acme.example'],
    ['mx.shop.example; dkim=fail (; dmarc=pass header.from=acme.example)'],
    ['mx.shop.example; dkim=fail reason="; dmarc=pass header.from=acme.example"'],
    ['mx.shop.example; dkim=fail reason="\\"; dmarc=pass header.from=acme.example"'],
  ])('is not: %s', (result) => {
    expect(proven(result)).toBe(false)
  })

  it('by the topmost result only: those below may be its own words', () => {
    const right = 'mx.shop.example; dmarc=pass header.from=acme.example'
    expect(proven(right, 'mx.shop.example; dmarc=fail')).toBe(true)
    expect(proven('mx.shop.example; dmarc=fail', right)).toBe(false)
    expect(proven()).toBe(false)
  })
})
