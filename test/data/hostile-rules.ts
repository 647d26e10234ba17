/** What a seller could write to hold up, empty or leave the process; each with its kind. The input is `hostileInput`. */
export interface HostileExpression {
  readonly what: string
  readonly expression: string
}

export interface HostilePattern {
  readonly what: string
  readonly pattern: string
  /** What it is matched against. */
  readonly text: string
}

/** Texts and lists to be busy with. */
export const hostileInput = {
  sku: 'X-1',
  name: 'x'.repeat(90_000),
  price: '10.5',
  attributes: {
    trap: JSON.stringify(`${'a'.repeat(40)}!`),
    words: JSON.stringify('ab '.repeat(20_000)),
    items: JSON.stringify(Array.from({ length: 1_500 }, (_, id) => ({ id, of: { pair: [id, id + 1] } }))),
  },
}

const all60 = Array.from({ length: 60 }, () => '"a"').join(',')

export const hostileExpressions: readonly HostileExpression[] = [
  // Time in one call, which no counting of steps sees.
  { what: 'distinct of many', expression: '$count($distinct([1..1990].{"a": $string($), "b": [1..50]})) & ""' },
  { what: 'a signature', expression: `(function($a)<s+s+s+s+s+s+s+s+:s>{ "x" })(${all60}, 1)` },
  {
    what: 'a longer signature',
    expression: `(function($a)<s+s+s+s+s+s+s+s+s+s+s+s+:s>{ "x" })(${all60}, ${all60}, {})`,
  },
  {
    what: 'a signature of choices',
    expression: `(function($a)<(sn)+(sn)+(sn)+(sn)+(sn)+(sn)+(sn)+:s>{ "x" })(${all60}, true)`,
  },
  { what: 'a picture of a time', expression: '$toMillis($pad("", 30, "20"), "[Y]1[M]1[D]1[d]") & ""' },
  {
    what: 'a longer picture',
    expression: '$toMillis($pad("", 4000, "1"), "[Y][M][D][d][H][m][s][Y][M][D][d][H]x") & ""',
  },
  {
    what: 'equal by both halves',
    expression: '($f := function(){ $reduce([1..60], function($a){ {"l": $a, "r": $a} }) }; $f() = $f())',
  },
  {
    what: 'sorting by a slow order',
    expression: '$sort([1..1999], function($a, $b){ $count([1..1999][$ > $b]) > $a })[0] & ""',
  },
  { what: 'the length of all, often', expression: '$filter([1..2000], function($v){ $length($$.name) > $v }) & ""' },
  { what: 'the greatest, often', expression: '$max([1..1999].($max([1..1999]))) & ""' },
  { what: 'replacing all by all', expression: '$replace(name, "x", name)' },
  { what: 'replacing by a pattern', expression: '$replace(name, /x/, name)' },
  { what: 'matching everywhere', expression: '$match(name, /x/)[0].match' },
  // Catastrophic patterns.
  { what: 'plus of plus', expression: '$contains(attributes.trap, /^(a+)+$/)' },
  { what: 'star of star', expression: '$contains(attributes.trap, /^(a*)*$/)' },
  { what: 'choices that overlap', expression: '$contains(attributes.trap, /^(a|aa)+$/)' },
  { what: 'much before twenty', expression: '$contains(attributes.trap, /(.*a){20}b/)' },
  {
    what: 'a pattern in a loop',
    expression: '$map([1..2000], function($v){ $contains($$.attributes.trap, /(a*)*b/) }) & ""',
  },
  { what: 'splitting by a trap', expression: '$split(attributes.trap, /(a+)+b/)[0]' },
  { what: 'a reference back', expression: '$contains(attributes.words, /(a|b| )*\\1{3}(a|b| )*\\1c/)' },
  // Loops and depth.
  { what: 'for ever', expression: '($f := function(){ $f() }; $f())' },
  { what: 'for ever, in turns', expression: '($a := function($n){ $b($n + 1) }; $b := function($n){ $a($n) }; $a(0))' },
  { what: 'deeper and deeper', expression: '($f := function($n){ 1 + $f($n + 1) }; $f(1))' },
  {
    what: 'twice as often each time',
    expression: '($f := function($n){ $n > 0 ? $f($n - 1) & $f($n - 1) : "x" }; $f(60))',
  },
  {
    what: 'each of each',
    expression: '$each($$, function(){ $each($$, function(){ $each($$, function(){ $$ }) }) }) & ""',
  },
  { what: 'a function of functions', expression: '($y := function($f){ $f($f) }; $y($y))' },
  { what: 'many brackets', expression: `${'('.repeat(4_000)}1${')'.repeat(4_000)}` },
  { what: 'many lists', expression: `${'['.repeat(4_000)}1${']'.repeat(4_000)}` },
  { what: 'many signs', expression: `${'-'.repeat(9_000)}1` },
  { what: 'a long path', expression: `${'a.'.repeat(4_000)}a` },
  { what: 'all below all', expression: '$count(**.**.**.**.**) & ""' },
  // Texts without end.
  { what: 'a wide text', expression: '$pad("x", 1000000000)' },
  { what: 'a text that doubles', expression: '($f := function($s){ $f($s & $s) }; $f(name))' },
  { what: 'joining much', expression: '$join([1..1900].$$.name)' },
  { what: 'writing much', expression: '$string([1..1900].$$.name)' },
  { what: 'writing it many times', expression: '($l := [1..1900].$$.name; $map([1..1900], function(){ $l }) & "")' },
  { what: 'an error about much', expression: '($l := [1..1900].$$.name; $sum($map([1..1900], function(){ [$l] })))' },
  {
    what: 'a copy of much',
    expression: '($l := [1..1900].$$.name; $map([1..1900], function(){ {"a": $l} }) ~> |$|{"b": 1}|)',
  },
  { what: 'a wide year', expression: '$fromMillis(0, "[Y,500000000]")' },
  { what: 'a wide number', expression: `$formatNumber(5, "${'0'.repeat(9_000)}")` },
  { what: 'escaped thrice', expression: '$encodeUrlComponent($encodeUrlComponent($pad("é", 30000, "é")))' },
  { what: 'exact and long', expression: '$multiply($pad("9", 90000, "9"), $pad("9", 90000, "9"))' },
  // Lists and objects without end.
  { what: 'a range', expression: '[1..10000000][0] & ""' },
  { what: 'a range beyond', expression: '[1..1e15][0] & ""' },
  { what: 'a list that doubles', expression: '($f := function($l){ $f($append($l, $l)) }; $f([1]))' },
  { what: 'lists of lists', expression: '($f := function($l){ $f([[$l], [$l]]) }; $f([1]))' },
  { what: 'pairs of pairs', expression: '$reduce([1..1999], function($a){ {"x": $a, "y": $a} })' },
  {
    what: 'large texts, kept',
    expression: '$count($map([1..1900], function($i){ $uppercase($$.name & $string($i)) })) & ""',
  },
  {
    what: 'a chain of large texts',
    expression:
      '($f := function($n, $kept){ $f($n + 1, {"k": $kept, "t": $uppercase($$.name & $string($n))}) }; $f(0, {}))',
  },
  {
    what: 'long lists, kept',
    expression: '$count($map([1..60], function(){ $map([1..60], function(){ [1..1999] }) })) & ""',
  },
  { what: 'a product of lists', expression: '$count([1..1900].[1..1900]) & ""' },
  // Out of the interpreter.
  { what: 'evaluating text', expression: '$eval("1")' },
  { what: 'evaluating by another name', expression: '($e := $eval; $e("1"))' },
  { what: 'a constructor', expression: '$.constructor.constructor("return process")() & ""' },
  { what: 'a constructor by name', expression: '$lookup($lookup($, "constructor"), "constructor")("return process")' },
  { what: 'a prototype', expression: '($lookup($, "__proto__") ~> |$|{"polluted": 1}|) & ""' },
  { what: 'a prototype as a key', expression: '$merge([{"__proto__": {"polluted": 1}}]) & ""' },
  { what: 'a function taken apart', expression: '($f := $uppercase; $keys($f) & $f.implementation & $spread($f))' },
  { what: 'a global object', expression: '($$.process.env & $globalThis & $process & $require) & ""' },
  { what: 'the time', expression: '$now() & $string($millis()) & $string($random())' },
]

export const hostilePatterns: readonly HostilePattern[] = [
  { what: 'the SKU of the attack', pattern: '^([A-Z0-9]+-?)+$', text: `${'A'.repeat(37)}!` },
  { what: 'plus of plus', pattern: '^(a+)+$', text: `${'a'.repeat(40)}!` },
  { what: 'choices that overlap', pattern: '^(a|aa)+$', text: `${'a'.repeat(60)}!` },
  { what: 'much before twenty', pattern: '(.*a){20}b', text: 'a'.repeat(200) },
  {
    what: 'an address',
    pattern: '^([a-zA-Z0-9])(([\\-.]|[_]+)?([a-zA-Z0-9]+))*(@){1}[a-z0-9]+[.]{1}$',
    text: 'a'.repeat(90),
  },
  { what: 'as many states as subsets', pattern: '(a|b)*a(a|b){300}', text: 'ab'.repeat(400) },
  { what: 'nested counts', pattern: '((a{30}){30}){30}', text: 'a' },
  { what: 'a large count', pattern: '(\\p{L}{1,999}-){1,999}', text: 'a-a' },
  { what: 'a reference back', pattern: '(a+)+\\1b', text: 'a'.repeat(60) },
  { what: 'looking ahead', pattern: '(?=(a+)+$)a', text: `${'a'.repeat(40)}!` },
  { what: 'looking ahead at the beginning', pattern: '^(?!(a+)+$)a', text: `${'a'.repeat(40)}!` },
  { what: 'a long text', pattern: '(x+x+)+y', text: 'x'.repeat(90_000) },
]
