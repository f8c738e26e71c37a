using Establishment = Lightning.TestKit.Tests.Conformance.Bolt2EstablishmentTests;
using Forwarding = Lightning.TestKit.Tests.Conformance.Bolt2ForwardingTests;
using Funding = Lightning.TestKit.Tests.Conformance.Bolt2FundingTests;
using LegacyClosing = Lightning.TestKit.Tests.Conformance.Bolt2LegacyClosingTests;
using Operation = Lightning.TestKit.Tests.Conformance.Bolt2OperationTests;
using Reestablish = Lightning.TestKit.Tests.Conformance.Bolt2ReestablishTests;
using SimpleClosing = Lightning.TestKit.Tests.Conformance.Bolt2ClosingTests;
using Signing = Lightning.TestKit.Tests.Conformance.Bolt2CommitmentTests;
using Stopping = Lightning.TestKit.Tests.Conformance.Bolt2ShutdownTests;

namespace Lightning.TestKit.Tests.Conformance;

/// <summary>
/// What BOLT 2 demands of a peer, section by section, and the tests in which the peer does not keep to it. Rules that only bind this node, and those that a peer breaks
/// where this node cannot see it (towards its other peers, in its own storage), are not among them.
/// </summary>
internal static class Bolt2Rules
{
    /// <summary>Sections whose messages this node does not speak.</summary>
    public static readonly string[] LeftOut =
    [
        "Interactive Transaction Construction",
        "Channel Establishment v2",
        "Channel Quiescence",
        "Channel Splicing, with the batches of commitment_signed and what channel_reestablish says of them",
        "option_zeroconf and option_scid_alias of channel_type: both are refused",
        "option_attribution_data",
    ];

    /// <summary>The rules by section.</summary>
    public static readonly (string Section, Bolt2Rule[] Rules)[] BySection =
    [
        ("Definition of channel_id",
        [
            new("channel_id is made of the funding output, and of no other", nameof(Funding.A_funding_signed_for_another_channel_id_publishes_nothing)),
            new("a funding output is that of one channel", nameof(Funding.A_funding_output_that_another_channel_has_already_makes_no_second_channel_and_does_the_first_no_harm)),
        ]),
        ("open_channel",
        [
            .. Bolt2Rule.Rows(
                nameof(Establishment.An_open_channel_fails_if),
                "chain_hash is that of an unknown chain",
                "push_msat is greater than funding_satoshis * 1000",
                "to_self_delay is unreasonably large",
                "max_accepted_htlcs is greater than 483",
                "feerate_per_kw is too small for timely processing",
                "feerate_per_kw is unreasonably large",
                "dust_limit_satoshis is greater than channel_reserve_satoshis",
                "dust_limit_satoshis is smaller than 354 satoshis",
                "the funder cannot pay the fee of the initial commitment",
                "both sides would be at or below channel_reserve_satoshis",
                "funding_satoshis is 2^24 without option_support_large_channel",
                "there is no channel_type",
                "channel_type is empty",
                "channel_type is not defined",
                "channel_type has odd bits",
                "channel_type is option_anchors alone",
                "channel_type is not the smallest bitmap",
                "channel_type includes option_scid_alias, which the node does not support",
                "channel_type includes option_zeroconf",
                "an announced channel has option_scid_alias",
                "upfront_shutdown_script is of no allowed form"),
            new("channel_type has only what was negotiated", nameof(Establishment.An_open_channel_fails_if_channel_type_was_not_negotiated)),
            new(
                "temporary_channel_id is no id that is in use with the peer",
                nameof(Establishment.A_temporary_channel_id_that_is_in_use_with_the_peer_is_refused),
                nameof(Establishment.The_id_of_a_live_channel_is_no_temporary_channel_id)),
            new("all keys are compressed points", nameof(Establishment.No_channel_comes_of_an_open_channel_with_a_key_that_is_none)),
            new("the per-commitment points are those of BOLT 3", nameof(Signing.A_revoke_and_ack_whose_secret_was_not_generated_as_BOLT_3_says_fails_the_channel)),
            new("undefined bits of channel_flags are 0", nameof(Establishment.Undefined_bits_of_channel_flags_are_ignored)),
            new("upfront_shutdown_script is there, if only empty", nameof(Establishment.An_upfront_shutdown_script_that_is_empty_or_missing_binds_the_peer_to_nothing)),
        ]),
        ("accept_channel",
        [
            .. Bolt2Rule.Rows(
                nameof(Establishment.An_accept_channel_fails_if),
                "channel_reserve_satoshis is less than dust_limit_satoshis of open_channel",
                "dust_limit_satoshis is greater than channel_reserve_satoshis of open_channel",
                "there is no channel_type",
                "channel_type is another",
                "to_self_delay is unreasonably large",
                "max_accepted_htlcs is greater than 483",
                "dust_limit_satoshis is greater than channel_reserve_satoshis",
                "dust_limit_satoshis is smaller than 354 satoshis",
                "upfront_shutdown_script is of no allowed form"),
            new("temporary_channel_id is that of open_channel", nameof(Establishment.An_accept_channel_with_another_temporary_channel_id_moves_nothing)),
            new("all keys are compressed points", nameof(Establishment.No_channel_comes_of_an_accept_channel_with_a_key_that_is_none)),
        ]),
        ("funding_created",
        [
            new("temporary_channel_id is that of open_channel", nameof(Funding.A_funding_created_with_another_temporary_channel_id_moves_nothing)),
            new("the output that it names pays what was agreed on", nameof(Funding.No_channel_ready_is_sent_for_a_funding_output_of)),
            new("the funding transaction comes", nameof(Funding.A_fundee_forgets_a_channel_whose_funding_does_not_come_within_2016_blocks)),
            new("the funding transaction is not published before funding_signed", nameof(Funding.A_funding_transaction_that_is_published_before_funding_signed_harms_only_its_sender_and_makes_the_channel_it_should)),
            new("signature is that of the first commitment, with a low S", nameof(Funding.A_funding_created_whose_signature_is_incorrect_or_has_a_high_S_fails_the_channel)),
        ]),
        ("funding_signed",
        [
            new("channel_id is that of the funding output", nameof(Funding.A_funding_signed_for_another_channel_id_publishes_nothing)),
            new("signature is that of the first commitment, with a low S", nameof(Funding.A_funding_signed_whose_signature_is_incorrect_or_has_a_high_S_fails_the_channel)),
        ]),
        ("channel_ready",
        [
            new("not before the funding is deep", nameof(Funding.A_channel_ready_of_an_accepter_before_the_funding_is_deep_opens_nothing_yet), nameof(Funding.An_opener_may_send_channel_ready_at_any_time)),
            new("second_per_commitment_point is a point", nameof(Funding.A_channel_ready_whose_point_is_no_key_ends_the_connection)),
            new("second_per_commitment_point is that of BOLT 3", nameof(Signing.A_revoke_and_ack_whose_secret_was_not_generated_as_BOLT_3_says_fails_the_channel)),
            new("alias is no short_channel_id of a channel, and no other peer's", nameof(Funding.The_alias_of_a_channel_ready_is_put_into_invoices_if_it_is)),
            new("nothing of normal operation comes before it", nameof(Funding.What_makes_no_sense_before_channel_ready_is_no_reason_to_use_the_channel)),
        ]),
        ("Closing Initiation: shutdown",
        [
            new("not before the funding is signed", nameof(Funding.A_shutdown_before_funding_created_fails_the_channel), nameof(Stopping.A_shutdown_before_the_funding_is_agreed_on_fails_the_channel)),
            new("not while an update of its sender waits for commitment_signed", nameof(Stopping.A_shutdown_behind_an_update_that_is_not_committed_is_refused_after_an_HTLC_and_else_waits_for_its_commitment_signed)),
            new(
                "only once",
                nameof(Stopping.A_second_shutdown_changes_nothing),
                nameof(Stopping.A_second_shutdown_with_another_script_is_answered_by_a_warning_and_the_end_of_the_connection_and_the_first_script_stays)),
            new("no HTLC is offered after it", nameof(Stopping.An_update_add_htlc_after_shutdown_is_refused)),
            new("no update comes once no HTLC is left", nameof(Stopping.An_update_once_no_HTLC_is_left_after_shutdown_is_refused)),
            new("scriptpubkey is what upfront_shutdown_script promised", nameof(Stopping.A_shutdown_to_another_script_than_upfront_shutdown_script_ends_the_connection)),
            new("scriptpubkey has an allowed form, by what was negotiated", nameof(Stopping.A_warning_answers_a_shutdown_to)),
            new("it is answered by the other's", nameof(Stopping.A_shutdown_that_is_not_answered_leaves_the_channel_to_the_operator)),
        ]),
        ("Closing Negotiation: closing_complete",
        [
            .. Bolt2Rule.Rows(
                nameof(SimpleClosing.A_closing_complete_is_answered_by_a_warning_and_the_end_of_the_connection_if),
                "fee_satoshis is more than the closer has",
                "closee_scriptpubkey is not the node's last script",
                "closer_scriptpubkey is of no allowed form",
                "the signature to be used is missing",
                "closer_output_only is all there is, and the node's output is no dust",
                "the signature is not valid",
                "the signature has a high S"),
            new("after both have sent shutdown", nameof(SimpleClosing.A_closing_transaction_offered_before_shutdown_is_refused)),
            new("after the last HTLC, trimmed or not", nameof(SimpleClosing.A_closing_transaction_offered_while_HTLCs_are_left_is_refused)),
            new("one output at least is no dust", nameof(SimpleClosing.A_closing_complete_that_leaves_nothing_but_dust_is_refused)),
            new(
                "a closer with less than the other leaves its own dust out",
                nameof(SimpleClosing.A_closing_complete_in_which_the_closers_own_output_is_dust_closes_nothing_and_a_better_one_does),
                nameof(SimpleClosing.A_signed_closing_transaction_stands_in_the_way_of_a_commitment_unless_it_is_dust_that_no_one_relays)),
            new("a closer with as much as the other, or more, keeps its own output", nameof(SimpleClosing.Where_both_outputs_are_not_signed_closee_output_only_is_used)),
            new("the other's dust is left out", nameof(SimpleClosing.Where_the_nodes_own_output_is_dust_a_signature_for_both_outputs_is_refused)),
            new("not again before closing_sig", nameof(SimpleClosing.Two_closing_completes_at_once_are_both_answered)),
        ]),
        ("Closing Negotiation: closing_sig",
        [
            .. Bolt2Rule.Rows(
                nameof(SimpleClosing.A_closing_sig_is_answered_by_a_warning_and_the_end_of_the_connection_if),
                "closer_scriptpubkey is not that of closing_complete",
                "closee_scriptpubkey is not that of closing_complete",
                "fee_satoshis is not that of closing_complete",
                "locktime is not that of closing_complete",
                "there is no signature",
                "there are two signatures",
                "the signature is in a field that closing_complete did not have",
                "the signature is not valid",
                "the signature has a high S"),
            new("it answers a closing_complete", nameof(SimpleClosing.A_closing_sig_that_answers_nothing_changes_nothing)),
            new("a closing_complete is answered", nameof(SimpleClosing.Without_an_answer_to_closing_complete_the_operator_can_still_close_by_force)),
        ]),
        ("Legacy Closing Negotiation: closing_signed",
        [
            new("after both have sent shutdown", nameof(SimpleClosing.A_closing_transaction_offered_before_shutdown_is_refused)),
            new("after the last HTLC, trimmed or not", nameof(SimpleClosing.A_closing_transaction_offered_while_HTLCs_are_left_is_refused)),
            new("it is answered", nameof(LegacyClosing.Without_an_answer_to_closing_signed_the_channel_is_failed_after_a_reasonable_time)),
            new("signature is valid, with a low S", nameof(LegacyClosing.A_closing_signed_whose_signature_is_not_valid_or_has_a_high_S_is_answered_by_a_warning_and_the_end_of_the_connection)),
            new("the opener has the fee", nameof(LegacyClosing.A_closing_signed_with_more_than_the_opener_has_is_answered_by_a_warning_and_the_end_of_the_connection)),
            new("the ranges overlap, in a reasonable time", nameof(LegacyClosing.A_fee_range_without_overlap_is_answered_by_a_warning_and_after_a_reasonable_time_the_channel_is_failed)),
            new("who did not open the channel chooses from the overlap", nameof(LegacyClosing.A_funding_node_fails_the_channel_for_a_fee_outside_of_the_overlap)),
            new("the opener repeats what was chosen", nameof(LegacyClosing.A_node_that_did_not_fund_the_channel_fails_it_for_another_fee_than_it_proposed)),
            new("without ranges each fee is between the last two", nameof(LegacyClosing.Without_ranges_a_fee_that_is_not_strictly_between_is_answered_by_a_warning_and_the_end_of_the_connection)),
            new("no output is dust", nameof(LegacyClosing.A_closing_signed_for_a_transaction_with_dust_fails_the_channel)),
        ]),
        ("Forwarding HTLCs",
        [
            .. Bolt2Rule.Rows(nameof(Forwarding.An_HTLC_that_cannot_be_forwarded_is_failed_by), "fee_insufficient", "incorrect_cltv_expiry", "expiry_too_far", "expiry_too_soon"),
        ]),
        ("Bounding exposure to trimmed in-flight HTLCs",
        [
            new("max_dust_htlc_exposure_msat", nameof(Operation.HTLCs_without_an_output_beyond_what_may_be_lost_to_dust_are_failed_once_they_are_committed)),
        ]),
        ("cltv_expiry_delta Selection",
        [
            new("an HTLC that has expired is removed in time", nameof(Operation.The_channel_is_failed_when_an_offered_HTLC_is_past_its_deadline)),
            new("the removal of a fulfilled HTLC is committed in time", nameof(Operation.The_channel_is_failed_when_a_fulfilled_HTLC_is_near_its_expiry)),
        ]),
        ("update_add_htlc",
        [
            .. Bolt2Rule.Rows(
                nameof(Operation.An_update_add_htlc_is_answered_by_a_warning_and_the_end_of_the_connection_if),
                "amount_msat is 0",
                "the sender cannot afford it",
                "the sender cannot keep its reserve, pay the fee and the anchors",
                "cltv_expiry is 500000000 or more",
                "the first id is not 0"),
            .. Bolt2Rule.Rows(nameof(Operation.An_HTLC_beyond_what_the_node_asked_for_is_not_taken), "max_htlc_value_in_flight_msat", "htlc_minimum_msat"),
            .. Bolt2Rule.Rows(nameof(Operation.An_id_is_not), "used twice", "left out"),
            new("a sender that does not pay the fee keeps its reserve too", nameof(Operation.A_peer_that_does_not_pay_the_fee_keeps_its_reserve)),
            new("max_accepted_htlcs", nameof(Operation.More_HTLCs_than_max_accepted_htlcs_are_not_taken)),
            new("id goes on after HTLCs are gone", nameof(Operation.Ids_do_not_begin_anew_after_HTLCs_are_gone)),
            new("the onion can be read, and belongs to the payment hash", nameof(Bolt4OnionTests.An_onion_that_cannot_be_read_is_refused_by_update_fail_malformed_htlc_with_its_hash), nameof(Bolt4OnionTests.An_onion_is_bound_to_its_payment_hash)),
            new("the payload keeps to BOLT 4", nameof(Bolt4OnionTests.A_payload_is_refused_by_invalid_onion_payload_if)),
            new("path_key comes within a blinded route", nameof(Bolt4OnionTests.A_path_key_outside_of_a_blinded_route_is_refused_by_invalid_onion_blinding)),
        ]),
        ("update_fulfill_htlc, update_fail_htlc, update_fail_malformed_htlc",
        [
            .. Bolt2Rule.Rows(
                nameof(Operation.The_removal_of_an_HTLC_is_answered_by_a_warning_and_the_end_of_the_connection_if),
                "update_fulfill_htlc names no HTLC",
                "update_fail_htlc names no HTLC",
                "update_fail_malformed_htlc names no HTLC",
                "the preimage does not hash to payment_hash",
                "BADONION is not set in failure_code"),
            new("not before the HTLC is in both commitments", nameof(Operation.An_HTLC_that_is_not_in_the_nodes_commitment_yet_cannot_be_removed)),
            new("once for each HTLC", nameof(Operation.An_HTLC_cannot_be_removed_twice)),
            new("by the side that it was offered to", nameof(Operation.A_peer_cannot_remove_an_HTLC_of_its_own)),
        ]),
        ("commitment_signed",
        [
            .. Bolt2Rule.Rows(
                nameof(Signing.A_commitment_signed_is_answered_by_a_warning_and_the_end_of_the_connection_if),
                "signature is not valid",
                "signature has a high S",
                "num_htlcs is less than there are outputs",
                "num_htlcs is more than there are outputs",
                "an htlc_signature is not valid",
                "an htlc_signature has a high S"),
            new("the HTLC signatures have the order of the outputs", nameof(Signing.HTLC_signatures_in_another_order_than_the_outputs_are_refused)),
            new("it signs the updates that were sent, and no others", nameof(Signing.A_signature_for_other_updates_than_were_sent_is_refused)),
            new("not without updates", nameof(Signing.A_commitment_signed_without_updates_is_answered_and_changes_no_balance)),
            new("funding_txid is that of the channel", nameof(Signing.A_commitment_signed_that_names_no_funding_transaction_or_another_is_answered)),
        ]),
        ("revoke_and_ack",
        [
            .. Bolt2Rule.Rows(nameof(Signing.A_revoke_and_ack_whose_secret_does_not_fit_fails_the_channel), "is no key", "does not generate the previous point", "is that of a later commitment"),
            new("the secret is one of BOLT 3", nameof(Signing.A_revoke_and_ack_whose_secret_was_not_generated_as_BOLT_3_says_fails_the_channel)),
            new("next_per_commitment_point is a point", nameof(Signing.A_revoke_and_ack_whose_next_point_is_no_key_ends_the_connection)),
            new("one for each commitment_signed", nameof(Signing.A_revoke_and_ack_that_nobody_waits_for_ends_the_connection)),
            new("a revoked commitment is not published", nameof(Signing.A_peer_that_publishes_a_revoked_commitment_loses_all_of_it)),
        ]),
        ("update_fee",
        [
            .. Bolt2Rule.Rows(
                nameof(Signing.An_update_fee_is_answered_by_a_warning_and_the_end_of_the_connection_if_it_is),
                "too low for timely processing",
                "unreasonably large",
                "more than the sender can afford"),
            new("only from who pays the fee", nameof(Signing.An_update_fee_of_a_peer_that_does_not_pay_the_fee_is_answered_by_a_warning_and_the_end_of_the_connection)),
        ]),
        ("Message Retransmission",
        [
            .. Bolt2Rule.Rows(
                nameof(Reestablish.A_channel_reestablish_fails_the_channel_if),
                "next_commitment_number is zero",
                "next_commitment_number is too high",
                "next_commitment_number is too low",
                "next_revocation_number is too low",
                "next_revocation_number is too high without the secret that proves it",
                "your_last_per_commitment_secret is wrong",
                "your_last_per_commitment_secret is zero"),
            new("no revocation is expected where none was ever due", nameof(Reestablish.A_revocation_that_the_node_has_never_sent_is_not_expected_of_a_new_channel)),
            new("your_last_per_commitment_secret is zero where none was ever sent", nameof(Reestablish.A_secret_in_the_channel_reestablish_of_a_new_channel_fails_it)),
            new("my_current_per_commitment_point means nothing", nameof(Reestablish.My_current_per_commitment_point_is_ignored)),
            new("my_current_per_commitment_point is a point", nameof(Reestablish.A_my_current_per_commitment_point_that_is_no_point_ends_the_connection_and_not_the_channel)),
            new("channel_reestablish comes before all else", nameof(Reestablish.What_a_peer_sends_before_its_channel_reestablish_does_not_count)),
            new("channel_reestablish comes once", nameof(Reestablish.A_second_channel_reestablish_on_one_connection_changes_nothing)),
            new("channel_ready does not come again after the first payment", nameof(Funding.A_redundant_channel_ready_is_ignored)),
            new("revoke_and_ack and commitment_signed come again in their old order", nameof(Reestablish.A_peer_that_sends_again_in_another_order_is_answered_by_a_warning_and_the_end_of_the_connection)),
            new("shutdown comes again", nameof(Stopping.A_shutdown_that_is_not_repeated_after_a_reconnection_stays_known)),
            new("a channel is not forgotten", nameof(Bolt1MessagesTests.An_error_fails_the_channel_that_it_names_and_no_other)),
            new("a channel that has failed is not used", nameof(Operation.An_error_state_takes_no_more_updates), nameof(Reestablish.A_failed_channel_answers_with_its_error_again_and_with_nothing_else)),
        ]),
    ];
}
