import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { describe, expect, it } from 'vitest'
import { dataType, orderLineType } from '../../../src/rules/event-fields.ts'
import { exactFunctionNames } from '../../../src/rules/mapping/exact-functions.ts'
import { jsonataFunctions, unknownNames } from '../../../src/rules/mapping/unknown-names.ts'

const ofOrder = (expression: string) => unknownNames(expression, dataType('orders'))
const ofLine = (expression: string) => unknownNames(expression, orderLineType())

describe('names in an expression that are not known', () => {
  it.each([
    ['a field of the event', 'orderNumbr & "x"', /reads orderNumbr, .*did you mean orderNumber\?.*\(at character 10\)/],
    ['a field of a record', 'shippingAddress.citty', /reads citty, a field that Address .*did you mean city\?/],
    ['a field of a list', 'lines.skuu', /reads skuu, a field that OrderLine/],
    ['a field of a text', 'orderNumber.prefix', /reads prefix of a single value/],
    ['a field in a filter', 'lines[skuu = "A"].name', /reads skuu/],
    ['a field after an index', 'lines[0].skuu', /reads skuu/],
    ['a field in a sort', 'lines^(>prize).sku', /reads prize/],
    ['a field in a group', 'lines{sku: prize}', /reads prize/],
    ['a field of what was bound', '($a := billingAddress; $a.zip)', /reads zip/],
    ['a field of the root from within', 'lines.($$.orderNo)', /reads orderNo/],
    ['a field in a function of members', '$map(lines, function($l) { $l.skuu })', /reads skuu/],
    ['a field of what a function left', '$filter(lines, function($l) { $l.sku = "A" }).nam', /reads nam/],
    ['a field with a focus', 'lines@$l.$l.skuu', /reads skuu/],
    ['a field in a condition', 'state = "new" ? stat : status', /reads stat,/],
    ['a field that is given to a function', '$trim(custmerEmail)', /reads custmerEmail/],
    [
      'a function',
      '$trimm(orderNumber)',
      /uses \$trimm, which is neither a function nor a variable; did you mean \$trim\?/,
    ],
    ['a function in a chain', 'orderNumber ~> $uper', /uses \$uper/],
    [
      'a function without $',
      'trim(orderNumber)',
      /calls trim, which is not a function; functions begin with \$: \$trim/,
    ],
    ['a variable', '($total := grandTotal; $totl)', /uses \$totl, .*did you mean \$total\?/],
  ])('%s: %s', (_what, expression, message) => {
    const problems = ofOrder(expression)
    expect(problems).toHaveLength(1)
    expect(problems[0]).toMatch(message)
  })

  it.each([
    'attributes.anything.within',
    'lines.attributes.color',
    '$lookup(attributes, "a").b',
    '$merge([shippingAddress, {"x": 1}]).x',
    '{"a": orderNumber}.a',
    '($f := function($n) { $n <= 1 ? 1 : $n * $f($n - 1) }; $f(3))',
    '($a := function() { $b() }; $b := function() { 1 }; $a())',
    '$reduce(lines.rowTotal, function($sum, $one) { $add($sum, $one) }, "0")',
    'lines#$i[$i = 0].sku',
    'lines@$l.{"order": orderNumber, "sku": $l.sku}',
    'lines.{"sku": sku, "of": %.orderNumber}',
    '*.city',
    '**.countryCode',
    'shippingAddress.street[0]',
    '$join(shippingAddress.street, ", ")',
    '$match(orderNumber, /(\\d+)/).groups[0]',
    '$exists(couponCode) ? couponCode : "none"',
    'couponCode ?: "none"',
    'couponCode ?? "none"',
    '$total(lines.rowTotal)',
    '$sort(lines, function($a, $b) { $compare($a.rowTotal, $b.rowTotal) > 0 })[0].sku',
    'shippingAddress ~> |$|{"more": 1}| ~> $lookup("more")',
    '$map(lines, $string)',
    'lines.sku ~> $join("|") ~> $uppercase',
    '$each(shippingAddress, function($v, $k) { $k & $v.anything })',
    '(function($x) { $x.anything })(lines)',
    '$substringBefore(?, "-")(orderNumber)',
  ])('raise no false alarm: %s', (expression) => {
    expect(ofOrder(expression)).toEqual([])
  })

  it('of a line are those of the line, and the order as its order', () => {
    expect(ofLine('sku & order.orderNumber & order.shippingAddress.city')).toEqual([])
    expect(ofLine('orderNumber')).toEqual([expect.stringMatching(/reads orderNumber/)])
  })

  it('every function of JSONata is known: the list is its own', () => {
    const source = readFileSync(createRequire(import.meta.url).resolve('jsonata'), 'utf8')
    const bound = [...source.matchAll(/staticFrame\.bind\('(\w+)'/g)].map(([, name = '']) => name)
    const own = [...new Set([...bound, 'now', 'millis'])].toSorted()
    expect(bound.length).toBeGreaterThan(50)
    expect([...jsonataFunctions].toSorted()).toEqual(own)
    expect(exactFunctionNames).toContain('multiply')
  })
})
