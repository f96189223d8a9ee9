export type { Choice } from './choices.ts';
export { explore, InvariantError, type Explored, type ExploreOptions } from './explore.ts';
export type { ExploredRun, StoryEvent } from './exploredRun.ts';
export type { SourceEnd, World } from './exploredWorld.ts';
export { drops, type Drops, type DropsOptions } from './drops.ts';
export type { Noted } from './callLog.ts';
export { fakeDelivery, type FakeAttempt, type FakeContext, type FakeDelivery } from './fakeDelivery.ts';
export { fakeIncoming, type FakeAnswer, type FakeIncoming } from './fakeIncoming.ts';
export { fakePageSource } from './fakePageSource.ts';
export type { FakeCall, FakePageSource, FakePageSourceOptions, FakeQuirk } from './fakePageSource.ts';
export { EndlessTestError, LeakError, StuckTestError, type Leaks } from './fanTestFailure.ts';
export { fakeSealer } from './fakeSealer.ts';
export { fakeStore, type FakeStore, type FakeStoreOptions, type StoreCall, type StoreScript } from './fakeStore.ts';
export { fakeTransport } from './fakeTransport.ts';
export type {
  DeliveryTwist,
  FakeDelivered,
  FakePublish,
  FakeTransport,
  FakeTransportOptions,
  TransportScript,
} from './fakeTransport.ts';
export { inboxLaws, type InboxSubject } from './inboxLaws.ts';
export { atMost, endsOnce, inOrder, noLeak, noLoss, valuesOf, type Invariant } from './invariants.ts';
export { jobStoreLaws } from './jobStoreLaws.ts';
export type { Law } from './law.ts';
export { createFanTest, type FanTestHelpers } from './createFanTest.ts';
export { createMarbles, type MarbleHelpers } from './marbles.ts';
export type { MarbleRun } from './marbleRun.ts';
export { MarbleMismatchError, type AssertEqual } from './mismatch.ts';
export type { Trackable } from './openThings.ts';
export type { Permit, Permitted } from './permit.ts';
export type { PulledMarbles, SlowPulledMarbles } from './pulledMarbles.ts';
export { printMarbles } from './printMarbles.ts';
export { readMarbles } from './readMarbles.ts';
export { recordMarbles, type RecordOptions } from './recordMarbles.ts';
export type { Recorded } from './recorded.ts';
export { marbleSvg, type Picture, type PictureLane } from './marbleSvg.ts';
export { marbleText } from './marbleText.ts';
export { messagingLaws } from './messagingLaws.ts';
export type { MessagingSubject, MessagingTraits } from './messagingSubject.ts';
export { operatorLaws } from './operatorLaws.ts';
export type { OperatorTraits } from './operatorLaws.ts';
export { outboxLaws } from './outboxLaws.ts';
export type { OutboxSubject } from './outboxSubject.ts';
export { pageSourceLaws } from './pageSourceLaws.ts';
export type { PageSourceTraits } from './pageSourceLaws.ts';
export type { PageSourceSubject } from './pageSourceSubject.ts';
export { registryStoreLaws } from './registryStoreLaws.ts';
export type { RegistryStoreSubject } from './registryStoreSubject.ts';
export type { Twist } from './twist.ts';
