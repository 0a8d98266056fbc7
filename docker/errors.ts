/**
 * What an engine's answers mean: the one table of it lies where the program and the machines' transports may read it as
 * well. Why an engine did not answer at all is in `transport/docker-failure.ts`, beside it.
 */
export {
  EngineError,
  engineError,
  isEngineError,
  ifPresent,
  type EngineErrorKind,
} from "../transport/docker-errors";
