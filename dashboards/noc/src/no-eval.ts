import { config } from 'zod';

// zod would try whether it may make functions from text. The page's policy forbids it, and the browser would say so.
config({ jitless: true });
