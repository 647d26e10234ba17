<?php

declare(strict_types=1);

namespace Waldstream\Feeds\Model;

/** What became of a row. */
class RowResult
{
    /**
     * Constructor.
     *
     * @param string|null $error null: it is written
     * @param bool $disabled the product is disabled by this module
     */
    private function __construct(public readonly ?string $error, public readonly bool $disabled)
    {
    }

    /**
     * The shop has the row.
     *
     * @param bool $disabled
     * @return self
     */
    public static function written(bool $disabled = false): self
    {
        return new self(null, $disabled);
    }

    /**
     * The shop does not have the row.
     *
     * @param string $error
     * @return self
     */
    public static function failed(string $error): self
    {
        return new self($error, false);
    }
}
