<?php

declare(strict_types=1);

namespace Waldstream\Feeds\Model\Price;

use Waldstream\Feeds\Model\MapLines;
use Waldstream\Feeds\Model\WrongConfiguration;

/** Which level becomes which price, and for which websites. */
class PriceSettings
{
    public const BASE = 'base';
    public const SPECIAL = 'special';
    public const TIER = 'tier';
    private const GROUP = 'group:';

    /** @var array<string, PriceWebsite> by code */
    private array $websites = [];

    /**
     * Constructor.
     *
     * @param MapLines $levels
     * @param MapLines $currencies
     * @param PriceWebsites $shop
     * @param bool $writesCost
     * @throws WrongConfiguration
     */
    public function __construct(
        private readonly MapLines $levels,
        private readonly MapLines $currencies,
        PriceWebsites $shop,
        public readonly bool $writesCost,
    ) {
        foreach ($this->levels->values() as $value) {
            self::targetsIn($value);
        }
        foreach (array_merge([], ...array_map(self::listOf(...), $this->currencies->values())) as $code) {
            $this->websites[$code] = $shop->of($code);
        }
        $shop->checkAll($this->websites);
    }

    /**
     * What a level becomes.
     *
     * @param string $level
     * @return string[] base, special, tier (prices of quantities for all groups) or the code of a customer group after
     *     "group:"; none: it is left out
     */
    public function targetsOf(string $level): array
    {
        return self::targetsIn($this->levels->get($level) ?? '');
    }

    /**
     * The websites that prices of a currency are for.
     *
     * @param string|null $currency
     * @return PriceWebsite[] none: they are left out
     */
    public function websitesOf(?string $currency): array
    {
        $codes = self::listOf($this->currencies->get($currency ?? '') ?? '');
        return array_map(fn (string $code): PriceWebsite => $this->websites[$code], $codes);
    }

    /**
     * The websites whose prices are those of the feed.
     *
     * @return PriceWebsite[]
     */
    public function websites(): array
    {
        return array_values($this->websites);
    }

    /**
     * Whether some level becomes this price.
     *
     * @param string $target
     * @return bool
     */
    public function has(string $target): bool
    {
        return in_array($target, $this->targets(), true);
    }

    /**
     * Customer groups whose tier prices are those of the feed, in lower case.
     *
     * @return string[]
     */
    public function groups(): array
    {
        $groups = array_diff(array_map(self::groupOf(...), $this->targets()), [null]);
        return array_values(array_unique(array_map('mb_strtolower', $groups)));
    }

    /**
     * The customer group of a target as the map has it; null: the target is no tier price.
     *
     * @param string $target
     * @return string|null
     */
    public static function groupOf(string $target): ?string
    {
        if ($target === self::TIER) {
            return TierPrices::ALL_GROUPS;
        }
        $isGroup = str_starts_with($target, self::GROUP);
        return $isGroup ? trim(substr($target, strlen(self::GROUP))) : null;
    }

    /**
     * All targets that the map names.
     *
     * @return string[]
     */
    private function targets(): array
    {
        $targets = array_map(self::targetsIn(...), $this->levels->values());
        return array_values(array_unique(array_merge([], ...$targets)));
    }

    /**
     * Targets in a value of the map.
     *
     * @param string $value
     * @return string[]
     * @throws WrongConfiguration
     */
    private static function targetsIn(string $value): array
    {
        $targets = self::listOf($value);
        foreach ($targets as $target) {
            $isKnown = in_array($target, [self::BASE, self::SPECIAL, self::TIER], true);
            if (!$isKnown && (self::groupOf($target) ?? '') === '') {
                throw new WrongConfiguration(__(
                    'Levels: "%1" is not a kind of price.'
                    . ' Use base, special, tier, or group: and the name of a customer group.',
                    $target
                ));
            }
        }
        return $targets;
    }

    /**
     * Values between commas.
     *
     * @param string $text
     * @return string[]
     */
    private static function listOf(string $text): array
    {
        return array_values(array_diff(array_map('trim', explode(',', $text)), ['']));
    }
}
