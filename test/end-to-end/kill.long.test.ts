import { test } from 'vitest';
import { surviveKills } from './survive-kills.ts';

const KILLS = 60;

test(
  `M31 T19 a service that is killed ${KILLS} times loses no acknowledged sample and counts none twice`,
  {
    timeout: 600_000,
  },
  () => surviveKills(KILLS),
);
