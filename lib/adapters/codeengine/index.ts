export { codeEngineNotifier, type CodeEngineNotifierOptions } from './codeEngineNotifier.ts';
