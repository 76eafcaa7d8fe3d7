// The API server's bad days: whatever it does, each request gets its one certificate, and the watches go on.
// One file, because its scenarios follow one another: they share one API server, and each spoils it for all.
import { declareCalls } from './api-server/calls.ts';
import { declareNamesakes } from './api-server/namesakes.ts';
import { declareWatches } from './api-server/watches.ts';

declareCalls();
declareWatches();
declareNamesakes();
