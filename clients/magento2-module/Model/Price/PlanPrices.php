<?php

declare(strict_types=1);

namespace Waldstream\Feeds\Model\Price;

use Waldstream\Feeds\Model\StagedRow;

/** Finds the prices that a product is to have: those of the feed's row that are valid now. */
class PlanPrices
{
    private const COST = 'cost';

    /**
     * The plan of a row.
     *
     * @param StagedRow $row
     * @param int $product id of the product
     * @param string $sku as the catalog has it
     * @param PriceSettings $settings
     * @param int $now seconds since 1970
     * @return PricePlan
     * @throws \InvalidArgumentException for a price, quantity or time that is none
     */
    public function of(StagedRow $row, int $product, string $sku, PriceSettings $settings, int $now): PricePlan
    {
        $plan = new PricePlan($product, $sku, $settings);
        // A process that died may have written the prices and not the index.
        $plan->isToIndex = $row->attempts > 0;
        if ($settings->has(PriceSettings::SPECIAL)) {
            foreach ($settings->websites() as $website) {
                $plan->special += array_fill_keys($website->stores(), null);
            }
        }
        if ($settings->writesCost) {
            $plan->costs = [];
        }
        if ($row->deleted) {
            return $plan;
        }
        $this->planLevels($plan, $row->data['levels'] ?? [], $now);
        $this->planCost($plan, $row->data);
        return $plan;
    }

    /**
     * Plan the prices of levels.
     *
     * @param PricePlan $plan
     * @param array<int, array<string, mixed>> $levels
     * @param int $now
     * @return void
     */
    private function planLevels(PricePlan $plan, array $levels, int $now): void
    {
        $choices = [];
        foreach ($levels as $level) {
            $period = [self::timeOf($level['valid_from'] ?? null), self::timeOf($level['valid_to'] ?? null)];
            foreach ($plan->settings->targetsOf($level['level']) as $target) {
                if ($level['price'] === null && PriceSettings::groupOf($target) === null) {
                    // It only has larger quantities, so it replaces no price of one piece.
                    continue;
                }
                $what = "Level \"{$level['level']}\"";
                foreach ($this->websitesOf($plan, $what, $level['currency'], $target) as $website) {
                    $choices[self::kindOf($target) . "|{$website->id}"][] = [$target, $website, $level, $period];
                    $this->noteChanges($plan, $period, $now);
                }
            }
        }
        foreach ($choices as $choice) {
            $chosen = $this->choose($plan, $choice, $now);
            if ($chosen !== null) {
                $this->add($plan, ...$chosen);
            }
        }
    }

    /**
     * What the prices of a target are: those of one group have several spellings.
     *
     * @param string $target
     * @return string
     */
    private static function kindOf(string $target): string
    {
        return mb_strtolower(PriceSettings::groupOf($target) ?? $target);
    }

    /**
     * The websites that a price is for; refuses those of another currency.
     *
     * @param PricePlan $plan
     * @param string $what
     * @param string|null $currency null: not known; it counts as that of the website
     * @param string $target
     * @return PriceWebsite[]
     */
    private function websitesOf(PricePlan $plan, string $what, ?string $currency, string $target): array
    {
        $able = [];
        foreach ($plan->settings->websitesOf($currency) as $website) {
            if ($currency === null || $currency === $website->currency) {
                $able[] = $website;
                continue;
            }
            $this->keep($plan, $target, $website);
            $plan->refused[] = (string) __(
                '%1 is in %2, but the base currency of the website "%3" is %4. Give %2 a website of that currency,'
                . ' or leave it out ("%2 =").',
                $what,
                $currency,
                $website->code,
                $website->currency
            );
        }
        return $able;
    }

    /**
     * Note when a period begins or ends next.
     *
     * @param PricePlan $plan
     * @param array{int|null, int|null} $period
     * @param int $now
     * @return void
     */
    private function noteChanges(PricePlan $plan, array $period, int $now): void
    {
        foreach ($period as $time) {
            if ($time !== null && $time > $now) {
                $plan->dueAt = min($time, $plan->dueAt ?? $time);
            }
        }
    }

    /**
     * The level that counts: of those valid now, that which began last. A special price may be one that begins later.
     *
     * @param PricePlan $plan
     * @param array<int, array{string, PriceWebsite, array<string, mixed>, array{int|null, int|null}}> $choice
     * @param int $now
     * @return array{string, PriceWebsite, array<string, mixed>, array{int|null, int|null}}|null null: none
     */
    private function choose(PricePlan $plan, array $choice, int $now): ?array
    {
        [$target, $website] = $choice[0];
        $valid = array_filter($choice, static fn (array $one): bool =>
            ($one[3][0] ?? $now) <= $now && ($one[3][1] ?? $now + 1) > $now);
        $later = array_filter($choice, static fn (array $one): bool => ($one[3][0] ?? $now) > $now);
        $begins = static fn (array $one): int => $one[3][0] ?? PHP_INT_MIN;
        // Of those that began together, the one that ends first: that with a period replaces that without.
        $place = static fn (array $one): array => [$begins($one), $one[3][1] ?? PHP_INT_MAX];
        usort($valid, static fn (array $a, array $b): int => $begins($b) <=> $begins($a) ?: $place($a) <=> $place($b));
        usort($later, static fn (array $a, array $b): int => $place($a) <=> $place($b));
        $able = $valid === [] && $target === PriceSettings::SPECIAL ? $later : $valid;
        return $able === [] ? null : $this->first($plan, $able, $place);
    }

    /**
     * The first of the levels that are able. If it only has larger quantities, the prices of smaller ones are those of
     * the next.
     *
     * @param PricePlan $plan
     * @param array<int, array{string, PriceWebsite, array<string, mixed>, array{int|null, int|null}}> $able sorted
     * @param callable(array<int, mixed>): array{int, int} $place when it begins and ends
     * @return array{string, PriceWebsite, array<string, mixed>, array{int|null, int|null}}|null null: refused
     */
    private function first(PricePlan $plan, array $able, callable $place): ?array
    {
        [$target, $website, $level] = $able[0];
        $begins = static fn (array $one): int => $place($one)[0];
        $isRival = static fn (array $one): bool => $begins($one) === $begins($able[0])
            && ($one[2]['level'] !== $level['level'] || $place($one) === $place($able[0]));
        $others = array_slice($able, 1);
        $rivals = array_values(array_filter($others, $isRival));
        if ($rivals !== []) {
            $plan->refused[] = (string) __(
                'Levels "%1" and "%2" are both "%3" of the website "%4". Leave one of them out.',
                $level['level'],
                $rivals[0][2]['level'],
                $target,
                $website->code
            );
            $this->keep($plan, $target, $website);
            return null;
        }
        if ($level['price'] !== null || $others === []) {
            return $able[0];
        }
        $next = $this->first($plan, $others, $place);
        return $next === null ? null : array_replace($able[0], [2 => self::above($level, $next[2])]);
    }

    /**
     * A level that only has larger quantities, with the prices of smaller ones of the level that it replaces.
     *
     * @param array<string, mixed> $level
     * @param array<string, mixed> $replaced
     * @return array<string, mixed>
     */
    private static function above(array $level, array $replaced): array
    {
        $from = static fn (array $tier): float => self::number($tier['from'], "quantity of level \"{$level['level']}\"");
        $lowest = min(array_map($from, $level['tiers']) ?: [PHP_INT_MAX]);
        $smaller = array_filter($replaced['tiers'], static fn (array $tier): bool => $from($tier) < $lowest);
        return ['price' => $replaced['price'], 'tiers' => [...array_values($smaller), ...$level['tiers']]] + $level;
    }

    /**
     * Leave the special and tier prices of a website as they are.
     *
     * @param PricePlan $plan
     * @param string $target
     * @param PriceWebsite $website
     * @return void
     */
    private function keep(PricePlan $plan, string $target, PriceWebsite $website): void
    {
        if ($target === PriceSettings::SPECIAL) {
            $plan->special = array_diff_key($plan->special, $website->zones);
        }
        $group = PriceSettings::groupOf($target);
        if ($group !== null) {
            $plan->keptTiers["{$website->id}|" . mb_strtolower($group)] = true;
        }
    }

    /**
     * Add a level to the plan.
     *
     * @param PricePlan $plan
     * @param string $target
     * @param PriceWebsite $website
     * @param array<string, mixed> $level
     * @param array{int|null, int|null} $period
     * @return void
     */
    private function add(PricePlan $plan, string $target, PriceWebsite $website, array $level, array $period): void
    {
        $what = "level \"{$level['level']}\"";
        $price = $level['price'] === null ? null : self::number($level['price'], "price of {$what}");
        foreach ($price === null ? [] : $website->stores() as $store) {
            if ($target === PriceSettings::BASE) {
                $plan->base[$store] = $price;
            }
            if ($target === PriceSettings::SPECIAL) {
                $plan->special[$store] = self::special($price, $period, $website->zones[$store]);
            }
        }
        $group = PriceSettings::groupOf($target);
        if ($group === null) {
            return;
        }
        $tiers = $level['tiers'];
        if ($price !== null && $target !== PriceSettings::TIER) {
            $tiers = [['from' => '1', 'price' => $level['price']], ...$tiers];
        }
        foreach ($tiers as $tier) {
            $from = self::number($tier['from'], "quantity of {$what}");
            $one = new TierPrice($website->id, $group, $from, self::number($tier['price'], "price of {$what}"));
            $plan->tiers[$one->place()] = $one;
        }
    }

    /**
     * Plan the vendor's cost.
     *
     * @param PricePlan $plan
     * @param array<string, mixed> $data of the row
     * @return void
     */
    private function planCost(PricePlan $plan, array $data): void
    {
        if ($plan->costs === null || ($data['cost'] ?? null) === null) {
            return;
        }
        $cost = self::number($data['cost'], 'cost');
        $websites = $this->websitesOf($plan, 'The cost', $data['currency'] ?? null, self::COST);
        if ($websites === []) {
            $plan->costs = null;
        }
        foreach ($websites as $website) {
            $plan->costs += array_fill_keys($website->stores(), $cost);
        }
    }

    /**
     * A special price. Magento counts whole days of the store's zone, both included.
     *
     * @param float $price
     * @param array{int|null, int|null} $period
     * @param string $zone
     * @return SpecialPrice
     */
    private static function special(float $price, array $period, string $zone): SpecialPrice
    {
        $day = static fn (?int $time): ?string => $time === null ? null
            : (new \DateTimeImmutable("@{$time}"))->setTimezone(new \DateTimeZone($zone))->format('Y-m-d 00:00:00');
        // The end is the first moment after the period.
        return new SpecialPrice($price, $day($period[0]), $day($period[1] === null ? null : $period[1] - 1));
    }

    /**
     * A number with the digits that the catalog has room for.
     *
     * @param mixed $value
     * @param string $what
     * @return float
     */
    private static function number(mixed $value, string $what): float
    {
        if (!is_numeric($value)) {
            throw new \InvalidArgumentException((string) __('"%1" is no number: %2', $value, $what));
        }
        return round((float) $value, 4);
    }

    /**
     * Seconds since 1970.
     *
     * @param string|null $time
     * @return int|null
     */
    private static function timeOf(?string $time): ?int
    {
        if ($time === null) {
            return null;
        }
        $seconds = strtotime($time);
        return $seconds === false ? throw new \InvalidArgumentException("\"{$time}\" is no time") : $seconds;
    }
}
