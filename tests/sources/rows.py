"""Known pitfalls of sources (formats-and-ecosystem.md, A2 A5 B3 B4) and hostility, each with its test or a reason."""

from __future__ import annotations

ROWS: dict[str, dict[str, str]] = {
    "A2 JSON-LD": {
        "object, array, @graph; @type string or list": "test_json_ld.py::test_a_posting_is_found_wherever_it_stands",
        "raw newlines, CDATA guards, missing commas": "test_json_ld.py::test_the_usual_mistakes_are_mended",
        "double-escaped entities; strings, numbers, lists": "test_json_ld.py::test_values_of_any_type",
        "the type is not the first attribute": "test_json_ld.py::test_the_type_need_not_be_the_first_attribute",
        "403 on a first cold request": "test_fetch.py::test_a_first_request_that_is_refused_is_asked_once_more",
        "validThrough in the past": "test_json_ld.py::test_a_posting_past_its_last_day_is_over",
        "noindex": "test_json_ld.py::test_a_page_that_is_not_to_be_indexed_is_over",
        "404, 410": "test_career_site.py::test_jobs_that_are_over_are_left_out_and_told",
        "markup removed": "test_career_site.py::test_pages_without_a_posting_are_told_and_nothing_is_invented",
        "one job on several addresses": "test_career_site.py::test_one_job_at_two_addresses_is_one_job",
    },
    "A5 detection": {
        "an address of the ATS in the page": "test_ats_behind.py::test_found_by_a_link_or_a_mark",
        "an address that a person gives": "test_board_lies.py::test_a_persons_page_leads_to_the_list",
        "?gh_jid= and ashby_jid": "no: they name no board, so nothing could be read by them alone",
        "a probe is no evidence": "test_ats_behind.py::test_it_is_offered_and_the_reading_stays_what_it_was",
    },
    "B3 pitfalls": {
        "1 same title, other job": "../match/test_pairing.py::"
        "test_conflicting_employer_job_ids_are_never_a_pair_but_shown",
        "2 same job, several addresses": "test_career_site.py::test_one_job_at_two_addresses_is_one_job",
        "2 one requisition at several places": "test_real_feeds.py::"
        "test_a_storm_of_twins_is_kept_as_rows_of_their_requisitions",
        "3 a wrong field as id": "test_ats_boards.py::test_workdays_bullets_are_not_taken_for_ids",
        "4 a copy fails over when its twin closes": "../postings/test_same_lane.py::"
        "test_closes_when_the_last_source_drops_it",
        "5 a dead board, 200 for any name": "test_boards_and_faults.py::"
        "test_an_empty_board_is_whole_or_said_to_be_unproven",
        "5 a web page under 200": "test_ats_boards.py::test_a_web_page_under_200_is_not_an_empty_board",
        "6 an empty answer deletes": "../snapshot/test_difference.py::"
        "test_however_often_and_long_an_empty_reading_is_a_persons_to_believe",
        "7 a cap on a list": "test_board_lies.py::test_over_the_cap_without_facets_is_not_whole",
        "7 pages in a circle": "test_boards_and_faults.py::test_pages_that_go_round_in_a_circle_are_seen",
        "7 429 on the second page": "test_boards_and_faults.py::test_a_fault_midway_leaves_it_partial_with_its_reason",
        "7 a further page that nobody asks for": "test_odd_feeds.py::test_a_list_that_says_it_goes_on_is_not_whole",
        "8 a place that is none": "test_ats_boards.py::test_a_place_that_is_none_comes_from_the_offices",
        "9 duplicates across channels": "../match/test_pairing.py::test_the_same_text_once_on_each_side_is_a_pair",
        "10 slots run out": "../contracts/test_slots.py::"
        "test_fewer_slots_take_from_the_last_in_rank_and_leave_no_number_above",
        "11 an ATS corrupts what candidates wrote": "no: it happens in the ATS, after the application was delivered",
        "12, 13 applications lost, no status": "no: not of sources; tests/apply_connect/rows.py has them",
    },
    "B4 delisting": {
        "partial and failed never close": "../snapshot/test_difference.py::"
        "test_a_reading_that_is_not_whole_never_closes",
        "feed: after one whole miss; pages: after two": "test_reparse.py::"
        "test_a_page_that_two_readings_within_minutes_lack_stays_open",
        "a drop is held": "../snapshot/test_difference.py::test_a_reading_that_shrank_over_the_limit_is_always_held",
        "believed after six, and a day": "../snapshot/test_difference.py::"
        "test_enough_readings_that_say_the_same_for_a_day_are_believed",
        "404 and 410 are gone now": "test_board_lies.py::test_a_job_that_closed_since_the_list_was_told_is_gone",
        "other failures are never gone": "test_board_lies.py::test_one_that_cannot_be_read_is_unread_not_gone",
        "a job that comes back": "../snapshot/test_difference.py::"
        "test_a_job_that_opens_again_appears_and_one_that_stays_closed_does_not_vanish",
    },
    "4 bad input and hostility": {
        "XXE: a file, a host": "test_xml_feed.py::test_a_doctype_is_refused",
        "a DOCTYPE further on": "test_xml_feed.py::test_a_doctype_after_the_first_job_is_refused_too",
        "entity bombs": "test_xml_feed.py::test_entities_are_never_expanded",
        "XXE and bombs in a mapped feed": "test_hostility.py::test_a_mapped_feed_expands_no_entity",
        "a bomb of gzip in a feed": "test_xml_feed.py::test_a_bomb_of_compressed_zeros",
        "a bomb of gzip from HTTP": "test_fetch.py::test_a_bomb_of_compressed_zeros",
        "a bomb of gzip in a sitemap": "test_hostility.py::test_a_sitemap_that_opens_to_far_too_much_is_none",
        "a bomb of gzip in a mapped feed": "test_hostility.py::test_a_mapped_feed_of_compressed_zeros_is_left",
        "1 GB in one element": "test_xml_feed.py::test_one_giant_element_takes_no_more_memory_than_the_limit",
        "a field over the limit": "test_xml_feed.py::test_10_mb_in_one_field_cost_that_job_alone",
        "an element in an element, for ever": "test_xml_feed.py::test_depth_breaks_nothing",
        "what never ends, in feeds, JSON and pages": "test_fuzzed.py::"
        "test_a_storm_of_what_never_ends_costs_no_look_to_the_far_end_for_each",
        "what never ends, in a sitemap": "test_fuzzed.py::test_a_storm_in_a_sitemap_ends",
        "DNS that changes between check and connection": "test_fetch.py::"
        "test_a_name_that_changes_between_check_and_connection",
        "one private address among public ones": "test_fetch.py::"
        "test_a_host_with_one_private_address_among_public_ones",
        "loopback, private, link-local, CGNAT, 0.0.0.0; decimal, octal; mapped, NAT64, 6to4": "test_fetch.py::"
        "test_addresses_that_are_not_public",
        "any address": "test_fetch.py::test_only_public_addresses_are_permitted",
        "metadata, whatever is allowed": "test_fetch.py::"
        "test_the_permission_for_private_addresses_never_opens_metadata",
        "redirects to private addresses": "test_fetch.py::test_a_redirect_to_a_private_address",
        "redirects from https to private http": "test_fetch.py::"
        "test_a_redirect_from_https_to_a_private_address_over_http",
        "redirects of a list that is posted for": "test_boards_and_faults.py::"
        "test_a_list_that_is_posted_for_follows_no_redirect_to_a_private_address",
        "redirects in a circle": "test_fetch.py::test_a_circle_of_redirects",
        "credentials in URLs, given or led to": "test_fetch.py::"
        "test_a_redirect_that_carries_credentials_or_another_scheme",
        "credentials in URLs are not kept": "test_hostility.py::test_an_address_with_a_password_is_not_kept",
        "script in every field of a feed": "test_xml_feed.py::test_script_is_neutralised_in_every_field",
        "script in every field of every ATS board": "test_boards_and_faults.py::"
        "test_a_script_in_every_field_is_neutral",
        "script in every field of every kind, on the pages": "../board/test_hostile_sources.py::"
        "test_nothing_that_any_source_says_runs_on_a_page",
        "nothing unpublished because of it": "../snapshot/test_difference.py::"
        "test_a_reading_that_is_not_whole_never_closes",
        "any bytes": "test_fuzzed.py::test_pieces_of_markup_in_any_order_are_read_or_refused",
    },
}
