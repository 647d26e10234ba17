<?php

declare(strict_types=1);

namespace Waldstream\Feeds\Test\Unit;

/** Makes objects, as Magento's generated factories do. */
class FakeFactory
{
    /** @param \Closure(): object $make */
    public function __construct(private readonly \Closure $make)
    {
    }

    public function create(): object
    {
        return ($this->make)();
    }
}
