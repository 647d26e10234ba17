<?php

declare(strict_types=1);

namespace Waldstream\Feeds\Model\Order;

/** Amounts as whole ten-thousandths, so that sums are exact. */
class Amounts
{
    private const SCALE = 10_000;

    /**
     * An amount of the database.
     *
     * @param float|int|string|null $amount
     * @return int
     */
    public static function of(float|int|string|null $amount): int
    {
        return (int) round((float) $amount * self::SCALE);
    }

    /**
     * As decimal text.
     *
     * @param int $amount
     * @return string
     */
    public static function text(int $amount): string
    {
        $digits = str_pad((string) abs($amount), 5, '0', STR_PAD_LEFT);
        return ($amount < 0 ? '-' : '') . substr($digits, 0, -4) . '.' . substr($digits, -4);
    }

    /**
     * A quantity or price as decimal text.
     *
     * @param float|int|string|null $number
     * @return string
     */
    public static function number(float|int|string|null $number): string
    {
        return sprintf('%.4F', (float) $number);
    }
}
