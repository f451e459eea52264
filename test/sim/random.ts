export { Random } from '../../src/lib/random.ts';
